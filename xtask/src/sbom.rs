//! `cargo xtask sbom`: what the program is made of, as a CycloneDX 1.6 bill of materials.
//!
//! Of the crates that Cargo resolves for `tapline` on Linux with its default features: those that are built in and those
//! that build it, not those of tests. Checksums are those of `Cargo.lock`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::shell::root;

/// Where it is kept.
const PATH: &str = "docs/security/sbom.cdx.json";

const PROGRAM: &str = "tapline";
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Writes it; with `check` only looks whether it is what `Cargo.lock` says.
pub(crate) fn sbom(check: bool) -> Result<()> {
    let path: PathBuf = root().join(PATH);
    let text = serde_json::to_string_pretty(&bill()?)? + "\n";
    if check {
        let kept = std::fs::read_to_string(&path).with_context(|| format!("cannot read {PATH}"))?;
        ensure!(kept == text, "{PATH} is stale: cargo xtask sbom");
    } else {
        std::fs::write(&path, text).with_context(|| format!("cannot write {PATH}"))?;
        println!("{PATH}");
    }
    Ok(())
}

/// What `cargo metadata` says, as far as it is read.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    description: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    pkg: String,
    dep_kinds: Vec<Kind>,
}

#[derive(Deserialize)]
struct Kind {
    kind: Option<String>,
}

/// `Cargo.lock`, as far as it is read.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

fn bill() -> Result<Value> {
    let metadata = metadata()?;
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (&*package.id, package)).collect();
    let program = metadata.packages.iter().find(|package| package.name == PROGRAM).context("no tapline")?;
    let edges = edges(&metadata, &program.id);
    let lock: Lock = toml::from_str(&std::fs::read_to_string(root().join("Cargo.lock"))?)?;
    let checksums: BTreeMap<(&str, &str), &str> = lock
        .package
        .iter()
        .filter_map(|locked| Some(((&*locked.name, &*locked.version), locked.checksum.as_deref()?)))
        .collect();
    let package = |id: &str| packages.get(id).copied().with_context(|| format!("{id} is in no package"));
    let mut components = Vec::new();
    let mut dependencies = Vec::new();
    for (id, on) in &edges {
        let own = package(id)?;
        let mut names = on.iter().map(|id| Ok(purl(package(id)?))).collect::<Result<Vec<_>>>()?;
        names.sort();
        dependencies.push(json!({ "ref": purl(own), "dependsOn": names }));
        if own.id != program.id {
            components.push(component(own, checksums.get(&(&*own.name, &*own.version)).copied()));
        }
    }
    let by = |key: &'static str| move |value: &Value| value[key].as_str().unwrap_or_default().to_owned();
    components.sort_by_key(by("purl"));
    dependencies.sort_by_key(by("ref"));
    let mut about = component(program, None);
    about["type"] = json!("application");
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": about },
        "components": components,
        "dependencies": dependencies,
    }))
}

fn metadata() -> Result<Metadata> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", PLATFORM])
        .current_dir(root())
        .output()
        .context("cannot run cargo")?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Every crate that is needed to build the program, and which it needs itself.
fn edges<'a>(metadata: &'a Metadata, program: &'a str) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let nodes: BTreeMap<&str, &Node> = metadata.resolve.nodes.iter().map(|node| (&*node.id, node)).collect();
    let (mut edges, mut to_do) = (BTreeMap::new(), vec![program]);
    while let Some(id) = to_do.pop() {
        if edges.contains_key(id) {
            continue;
        }
        let is_built = |kind: &Kind| kind.kind.as_deref() != Some("dev");
        let dependencies = nodes.get(id).into_iter().flat_map(|node| &node.deps);
        let needed = dependencies.filter(|dependency| dependency.dep_kinds.iter().any(is_built));
        let needed: BTreeSet<&str> = needed.map(|dependency| &*dependency.pkg).collect();
        to_do.extend(&needed);
        edges.insert(id, needed);
    }
    edges
}

/// A package URL: <https://github.com/package-url/purl-spec>.
fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version.replace('+', "%2B"))
}

fn component(package: &Package, checksum: Option<&str>) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(package),
        "name": package.name,
        "version": package.version,
        "purl": purl(package),
    });
    if let Some(description) = &package.description {
        component["description"] = json!(description.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    if let Some(license) = &package.license {
        // `MIT/Apache-2.0` is how it was written before SPDX expressions.
        component["licenses"] = json!([{ "expression": license.replace('/', " OR ") }]);
    }
    if let Some(checksum) = checksum {
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    component
}
