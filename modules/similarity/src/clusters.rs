//! Groups of documents that are alike, directly or through others.

use crate::compare::Groups;

/// All groups of two documents or more, each in the order of the documents, the largest first.
pub fn clusters(groups: &mut Groups) -> Vec<Vec<usize>> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); groups.documents()];
    for document in 0..groups.documents() {
        members[groups.root(document)].push(document);
    }
    members.retain(|members| members.len() > 1);
    members.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
    members
}
