//! The floors of the house: an import points down.

use std::collections::BTreeSet;

use super::sources::product;

/// The rooms, from the ground up.
const ROOMS: [&str; 12] =
    ["io", "iam", "account", "aws", "config", "model", "analysis", "checks", "report", "render", "cli", "commands"];

/// Rooms that know nothing of the crate but themselves.
const ALONE: [&str; 2] = ["io", "iam"];

#[test]
fn imports_point_down() {
    let floor = |room: &str| ROOMS.iter().position(|one| *one == room);
    let mut entered = BTreeSet::new();
    let mut wrong = Vec::new();
    for source in product() {
        let room = source.path.trim_end_matches(".rs").split('/').next().unwrap().to_owned();
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let Some(from) = floor(&room) else {
            wrong.push(format!("src/{}: {room} is no room", source.path));
            continue;
        };
        entered.insert(room.clone());
        for (number, line) in source.code() {
            for rest in line.split("crate::").skip(1) {
                let target: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let climbs = floor(&target).is_none_or(|to| to > from || to < from && ALONE.contains(&room.as_str()));
                if climbs {
                    wrong.push(format!("src/{}:{number}: {room} imports {target}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert_eq!(entered.len(), ROOMS.len(), "{entered:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
