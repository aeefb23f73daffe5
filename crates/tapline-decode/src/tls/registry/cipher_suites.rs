pub(super) const NAMES: &[(u16, &str)] = &[];
