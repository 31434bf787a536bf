//! What looks like personal data and is not.

use seeded::Seeded;

use super::values::{grouped, luhn_digit};

/// A sentence with something that must stay.
pub fn negative(random: &mut Seeded) -> String {
    match random.below(20) {
        0 => format!(
            "{} {}{} was shipped.",
            random.pick(&["Order", "Commande", "Invoice"]),
            random.pick(&["no. ", "#", "n° ", ""]),
            random.digits(10)
        ),
        1 => format!(
            "Version {}.{}.{}.{} is out.",
            random.below(20),
            random.below(20),
            random.below(20),
            random.below(20)
        ),
        2 => format!("Upgrade to v{}.{}.{}.", random.below(20), random.below(40), random.below(99)),
        3 => format!(
            "On {:04}-{:02}-{:02} nothing happened.",
            random.between(1990, 2030),
            random.between(1, 12),
            random.between(1, 28)
        ),
        4 => format!(
            "Le {:02}/{:02}/{:04} à {:02}:{:02}.",
            random.between(1, 28),
            random.between(1, 12),
            random.between(1990, 2030),
            random.below(24),
            random.below(60)
        ),
        5 => format!(
            "{}T{:02}:{:02}:{:02}.{}Z INFO started",
            "2025-03-09",
            random.below(24),
            random.below(60),
            random.below(60),
            random.digits(6)
        ),
        6 => format!("Card ending {} was refused: {}.", random.digits(4), failing_card(random)),
        7 => format!("IBAN {} is wrong.", failing_iban(random)),
        8 => format!("Follow @{} and see logo@2x.png", random.pick(&["aion_ai", "claire", "news24"])),
        9 => format!(
            "npm i {}@{}.{}.{}",
            random.pick(&["left-pad", "react", "express"]),
            random.below(20),
            random.below(20),
            random.below(20)
        ),
        10 => format!("MAC 00:1B:44:11:{:02X}:{:02X} joined.", random.below(256), random.below(256)),
        11 => format!("commit {:016x}{:016x}", random.bits(), random.bits()),
        12 => format!("Tracking {}", random.digits(12)),
        13 => format!("The epoch was {}.", 1_700_000_000 + random.below(90_000_000)),
        14 => format!("ISBN 978-{}-{}-{}-{}", random.digits(1), random.digits(4), random.digits(4), random.digits(1)),
        15 => format!("Part {}-{}-{} fits.", random.digits(3), random.digits(2), random.digits(4)),
        16 => format!(
            "Population: {},{},{}; ratio 0.{}.",
            random.between(1, 999),
            random.digits(3),
            random.digits(3),
            random.digits(10)
        ),
        17 => format!(
            "{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}",
            random.below(1 << 32),
            random.below(1 << 16),
            random.below(1 << 12),
            random.below(1 << 12),
            random.bits() >> 16
        ),
        18 => format!(
            "let d = {}::{}::new(); // line {}",
            random.pick(&["std", "face", "dead"]),
            random.pick(&["beef", "vec", "add"]),
            random.digits(3)
        ),
        _ => format!(
            "Address 999.{}.{}.{} is not one, nor is SSN 000-{}-{}.",
            random.below(256),
            random.below(256),
            random.below(256),
            random.digits(2),
            random.digits(4)
        ),
    }
}

fn failing_card(random: &mut Seeded) -> String {
    let body = format!("4{}", random.digits(14));
    let right = luhn_digit(&body).to_digit(10).expect("a digit");
    grouped(&format!("{body}{}", (right + 1 + random.below(9) as u32) % 10), &[4; 4], random.pick(&["", " ", "-"]))
}

fn failing_iban(random: &mut Seeded) -> String {
    grouped(&format!("FR00{}", random.digits(23)), &[4; 9], random.pick(&["", " "]))
}
