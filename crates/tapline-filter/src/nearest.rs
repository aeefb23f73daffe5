//! Which of some names somebody may have meant.

/// The name that is fewest letters away from `word`, if it is near enough to be meant: one letter in three may differ.
pub(crate) fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).clamp(1, 4);
    within(word, most, names)
}

/// The name that is fewest letters away from `word`, if not more than `most` are.
pub(crate) fn within<'a>(
    word: &str,
    most: usize,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let word: Vec<char> = word.chars().map(|letter| letter.to_ascii_lowercase()).collect();
    // What is longer than any name is near none.
    if word.len() > 64 {
        return None;
    }
    let near = names.into_iter().filter_map(|name| {
        let letters: Vec<char> = name.chars().map(|letter| letter.to_ascii_lowercase()).collect();
        let far = letters.len().abs_diff(word.len()) > most;
        let distance = if far { most + 1 } else { distance(&word, &letters) };
        (distance <= most).then_some((distance, name))
    });
    near.min_by_key(|&(distance, _)| distance).map(|(_, name)| name)
}

/// Letters to add, drop, change or swap with their neighbour to make one word of the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (row, &a) in one.iter().enumerate() {
        let mut line = Vec::with_capacity(other.len() + 1);
        line.push(row + 1);
        let mut left = None;
        for (column, &b) in other.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let changed = at(&last, column) + usize::from(a != b);
            let mut least = changed.min(at(&last, column + 1) + 1).min(at(&line, column) + 1);
            if column > 0 && previous == Some(b) && left == Some(a) {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            line.push(least);
            left = Some(b);
        }
        before_last = std::mem::replace(&mut last, line);
        previous = Some(a);
    }
    last.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        let check = |one: &str, other: &str, expected| {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(one), &letters(other)), expected, "{one} {other}");
            assert_eq!(distance(&letters(other), &letters(one)), expected, "{other} {one}");
        };
        check("", "", 0);
        check("", "abc", 3);
        check("http.tme", "http.time", 1);
        check("http.tiem", "http.time", 1);
        check("abc", "xyz", 3);
    }

    #[test]
    fn what_is_too_far_is_not_meant() {
        assert_eq!(nearest("http.tme", ["http.host", "http.time"]), Some("http.time"));
        assert_eq!(nearest("dns.google", ["dns.time", "dns.qry.name"]), None);
        assert_eq!(nearest(&"x".repeat(1000), ["http.time"]), None);
    }
}
