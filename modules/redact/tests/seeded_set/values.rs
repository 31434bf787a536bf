//! Personal data that nobody has, in the forms in which people write it.

use redact::Kind;
use seeded::Seeded;

/// A label that may stand before the value, and the value.
pub fn value(kind: Kind, random: &mut Seeded) -> (&'static str, String) {
    match kind {
        Kind::Email => (random.pick(&["", "", "mailto:", "e-mail: "]), email(random)),
        Kind::Iban => (random.pick(&["", "IBAN ", "IBAN: ", "compte "]), iban(random)),
        Kind::Card => (random.pick(&["", "card ", "carte n° ", "Visa: "]), card(random)),
        Kind::FrNir => (random.pick(&["", "NIR ", "n° de sécurité sociale : "]), fr_nir(random)),
        Kind::UkNino => (random.pick(&["", "NINO ", "national insurance number "]), uk_nino(random)),
        Kind::UsSsn => us_ssn(random),
        Kind::Ipv4 => (random.pick(&["", "IP ", "from ", "host="]), ipv4(random)),
        Kind::Ipv6 => (random.pick(&["", "IPv6 ", "from "]), ipv6(random)),
        Kind::Phone => phone(random),
    }
}

/// `digits` in groups of `sizes` with `join` between them.
pub fn grouped(digits: &str, sizes: &[usize], join: &str) -> String {
    let mut rest = digits;
    let parts: Vec<&str> = sizes
        .iter()
        .map(|size| {
            let (part, after) = rest.split_at((*size).min(rest.len()));
            rest = after;
            part
        })
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(join)
}

/// The one of ten last digits that makes `body` pass Luhn, found by trying.
pub fn luhn_digit(body: &str) -> char {
    let passes = |number: &str| {
        let doubled = |(place, digit): (usize, char)| {
            let value = digit.to_digit(10).expect("a digit") * (1 + (place % 2) as u32);
            value / 10 + value % 10
        };
        number.chars().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
    };
    ('0'..='9').find(|digit| passes(&format!("{body}{digit}"))).expect("one of ten digits fits")
}

fn email(random: &mut Seeded) -> String {
    let local = random.pick(&[
        "jane.doe",
        "j",
        "claire_martin",
        "o'neil",
        "info+invoices",
        "a-b.c-d",
        "user1987",
        "José.Núñez",
        "x.y.z",
        "support%eu",
        "M.Durand",
        "anne-lise",
        "42",
    ]);
    let domain = random.pick(&[
        "example.com",
        "mail.example.co.uk",
        "exemple.fr",
        "sub.sub2.example.org",
        "xn--bcher-kva.example",
        "bücher.example",
        "e-x-a.io",
        "EXAMPLE.NET",
        "uni.museum",
    ]);
    format!("{local}@{domain}")
}

fn iban(random: &mut Seeded) -> String {
    let (country, body) = match random.below(8) {
        0 => ("FR", random.digits(23)),
        1 => ("DE", random.digits(18)),
        2 => ("GB", format!("WEST{}", random.digits(14))),
        3 => ("NL", format!("ABNA{}", random.digits(10))),
        4 => ("ES", random.digits(20)),
        5 => ("BE", random.digits(12)),
        6 => ("IT", format!("X{}", random.digits(22))),
        _ => ("CH", random.digits(17)),
    };
    let iban = (2..=98)
        .map(|check| format!("{country}{check:02}{body}"))
        .find(|iban| passes_97(iban))
        .expect("a check number fits");
    match random.below(4) {
        0 => iban,
        1 => grouped(&iban, &[4; 9], "\u{a0}"),
        2 => grouped(&iban, &[4; 9], " ").to_lowercase(),
        _ => grouped(&iban, &[4; 9], " "),
    }
}

fn passes_97(iban: &str) -> bool {
    let turned = format!("{}{}", &iban[4..], &iban[..4]);
    let decimal: String = turned.chars().map(|letter| letter.to_digit(36).expect("alphanumeric").to_string()).collect();
    decimal.bytes().fold(0, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97) == 1
}

fn card(random: &mut Seeded) -> String {
    let (prefix, length, sizes): (&str, usize, &[usize]) = match random.below(8) {
        0 | 1 => ("4", 16, &[4; 4]),
        2 | 3 => (random.pick(&["51", "55", "2221", "2720"]), 16, &[4; 4]),
        4 => (random.pick(&["34", "37"]), 15, &[4, 6, 5]),
        5 => (random.pick(&["6011", "65"]), 16, &[4; 4]),
        6 => ("36", 14, &[4, 6, 4]),
        _ => ("3530", 16, &[4; 4]),
    };
    let body = format!("{prefix}{}", random.digits(length - prefix.len() - 1));
    let number = format!("{body}{}", luhn_digit(&body));
    match random.below(3) {
        0 => number,
        1 => grouped(&number, sizes, "-"),
        _ => grouped(&number, sizes, " "),
    }
}

fn fr_nir(random: &mut Seeded) -> String {
    let department = match random.below(12) {
        0 => random.pick(&["2A", "2B"]).to_owned(),
        _ => format!("{:02}", random.between(1, 95)),
    };
    let head = format!("{}{}{:02}", random.between(1, 2), random.digits(2), random.between(1, 12));
    let tail = format!("{:03}{:03}", random.between(1, 990), random.between(1, 999));
    let counted = format!("{head}{}{tail}", department.replace("2A", "19").replace("2B", "18"));
    let counted: u64 = counted.parse().expect("digits");
    let key = (1..=97).find(|key| (counted + key).is_multiple_of(97)).expect("a key fits");
    let nir = format!("{head}{department}{tail}{key:02}");
    match random.below(3) {
        0 => nir,
        1 => grouped(&nir, &[13, 2], " "),
        _ => grouped(&nir, &[1, 2, 2, 2, 3, 3, 2], " "),
    }
}

fn uk_nino(random: &mut Seeded) -> String {
    let nino = format!(
        "{}{}{}",
        random.pick(&["AB", "CE", "JG", "PX", "SY", "WM", "YZ"]),
        random.digits(6),
        random.pick(&["A", "B", "C", "D"])
    );
    match random.below(3) {
        0 => nino,
        1 => grouped(&nino, &[2, 2, 2, 2, 1], "-"),
        _ => grouped(&nino, &[2, 2, 2, 2, 1], " "),
    }
}

fn us_ssn(random: &mut Seeded) -> (&'static str, String) {
    let area = [random.between(1, 665), random.between(667, 899)][random.below(2)];
    let ssn = format!("{area:03}{:02}{:04}", random.between(1, 99), random.between(1, 9999));
    match random.below(5) {
        0 => (random.pick(&["SSN ", "SSN: ", "social security number "]), ssn),
        1 => (random.pick(&["", "SSN "]), grouped(&ssn, &[3, 2, 4], " ")),
        _ => (random.pick(&["", "", "SSN "]), grouped(&ssn, &[3, 2, 4], "-")),
    }
}

fn ipv4(random: &mut Seeded) -> String {
    format!("{}.{}.{}.{}", random.between(1, 255), random.below(256), random.below(256), random.below(256))
}

fn ipv6(random: &mut Seeded) -> String {
    let group = |random: &mut Seeded| format!("{:x}", random.below(0x1_0000));
    match random.below(4) {
        0 => (0..8).map(|_| format!("{:04x}", random.below(0x1_0000))).collect::<Vec<_>>().join(":"),
        1 => format!("2001:db8::{}", group(random)),
        2 => format!("fe80::{}:{}:{}:{}", group(random), group(random), group(random), group(random)),
        _ => format!("::ffff:{}", ipv4(random)),
    }
}

fn phone(random: &mut Seeded) -> (&'static str, String) {
    let join = random.pick(&[" ", ".", "-", "\u{a0}", ""]);
    let french = format!("{}{}", random.pick(&["1", "2", "4", "6", "7", "9"]), random.digits(8));
    let american =
        format!("{}{}{}{}", random.between(2, 9), random.between(20, 99), random.between(2, 9), random.between(20, 99))
            + &random.digits(4);
    let telephone = random.pick(&["", "phone ", "tel. ", "Tél : ", "mobile: "]);
    let written = match random.below(12) {
        0 | 1 => grouped(&format!("0{french}"), &[2; 5], join),
        2 => format!("+33 {}", grouped(&french, &[1, 2, 2, 2, 2], " ")),
        3 => format!("+33 (0){}", grouped(&french, &[1, 2, 2, 2, 2], " ")),
        4 => format!("{}33{french}", random.pick(&["+", "00"])),
        5 => format!("({}) {}-{}", &american[..3], &american[3..6], &american[6..]),
        6 => grouped(&american, &[3, 3, 4], random.pick(&["-", ".", " "])),
        7 => format!("+1 {}", grouped(&american, &[3, 3, 4], random.pick(&["-", " "]))),
        8 => return (random.pick(&["phone ", "my cell is ", "call "]), american),
        9 => format!("07{} {}", random.digits(3), random.digits(6)),
        10 => format!("020 {} {}", random.digits(4), random.digits(4)),
        _ => format!(
            "+{} {} {}",
            random.pick(&["44", "49", "39", "34", "351", "971"]),
            random.between(10, 99),
            random.between(1_000_000, 9_999_999)
        ),
    };
    (telephone, written)
}
