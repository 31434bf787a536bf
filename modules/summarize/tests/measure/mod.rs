//! How much of a reference summary another summary has: ROUGE (Lin, 2004), F1 of words and of word order.

use std::collections::BTreeMap;

/// Two ways to compare; both from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rouge {
    /// ROUGE-1: words in common.
    pub one: f64,
    /// ROUGE-L: the longest common subsequence of words.
    pub longest: f64,
}

/// Compare `candidate` with `reference`. Words are runs of letters and digits without case; nothing is stemmed
/// and no small word is left out.
pub fn rouge(candidate: &str, reference: &str) -> Rouge {
    let (candidate, reference) = (words(candidate), words(reference));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    reference.iter().for_each(|word| *counts.entry(word).or_default() += 1);
    let mut common = 0;
    for word in &candidate {
        if let Some(left) = counts.get_mut(word.as_str()).filter(|left| **left > 0) {
            *left -= 1;
            common += 1;
        }
    }
    let f1 = |shared: usize| 2.0 * shared as f64 / (candidate.len() + reference.len()) as f64;
    Rouge { one: f1(common), longest: f1(longest_common_subsequence(&candidate, &reference)) }
}

fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn longest_common_subsequence(one: &[String], other: &[String]) -> usize {
    let mut row = vec![0; other.len() + 1];
    for word in one {
        let mut diagonal = 0;
        for (index, candidate) in other.iter().enumerate() {
            let above = row[index + 1];
            row[index + 1] = if word == candidate { diagonal + 1 } else { above.max(row[index]) };
            diagonal = above;
        }
    }
    row[other.len()]
}
