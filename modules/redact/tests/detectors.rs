//! What each detector takes and what it leaves, example by example.

use std::collections::BTreeSet;

use redact::{redact, Kind};

fn found(text: &str) -> Vec<(&'static str, String)> {
    let letters: Vec<char> = text.chars().collect();
    let entities = redact(text, &Kind::ALL.into()).entities;
    entities.iter().map(|entity| (entity.kind.name(), letters[entity.start..entity.end].iter().collect())).collect()
}

/// Each text holds exactly one piece of data, in ⟦ ⟧, of kind `kind`.
fn takes(kind: Kind, texts: &[&str]) {
    for marked in texts {
        let (_, rest) = marked.split_once('⟦').expect("a marked value");
        let (value, _) = rest.split_once('⟧').expect("a marked value");
        let text = marked.replace(['⟦', '⟧'], "");
        assert_eq!(found(&text), [(kind.name(), value.to_owned())], "{text}");
    }
}

fn leaves(texts: &[&str]) {
    for text in texts {
        assert_eq!(found(text), [], "{text}");
    }
}

#[test]
fn e_mail_addresses_end_where_the_sentence_goes_on() {
    takes(
        Kind::Email,
        &[
            "Write to ⟦jane.doe+news@mail.example.co.uk⟧.",
            "<⟦a@b.io⟧>, thanks",
            "mailto:⟦o'brien_x@sub-domain.example.org⟧?subject=hi",
            "(⟦x@example.com⟧)",
            "'⟦quoted@example.com⟧'",
            "adresse : ⟦josé.müller@exämple.fr⟧ ; merci",
            "⟦jose\u{301}@example.com⟧ is decomposed",
            "user=⟦me@example.com⟧&next=1",
            "אנא כתבו אל \u{200e}⟦dana@example.co.il⟧\u{200e} תודה",
        ],
    );
}

#[test]
fn an_at_sign_alone_is_no_address() {
    leaves(&[
        "@handle and user@localhost",
        "a @ b.com",
        "npm i left-pad@1.2.3",
        "logo@2x.png",
        "5 items @ 3.50",
        "@@",
        "a@",
        "@b.com",
        "x..y@.com",
        "me@-bad-.com",
        "a@b..com",
    ]);
}

#[test]
fn cards_need_a_scheme_a_grouping_and_a_luhn_digit() {
    takes(
        Kind::Card,
        &[
            "pay with ⟦4111 1111 1111 1111⟧ today",
            "⟦5555-5555-5555-4444⟧",
            "⟦378282246310005⟧",
            "⟦3782 822463 10005⟧.",
            "⟦30569309025904⟧",
            "⟦6011000990139424⟧,",
            "no-break ⟦4111\u{a0}1111\u{a0}1111\u{a0}1111⟧",
            "卡号⟦4111111111111111⟧是",
            "card ⟦4111 1111 1111 1111⟧ 12/27",
        ],
    );
    leaves(&[
        "4111 1111 1111 1112",
        "9111111111111111",
        "0000 0000 0000 0000",
        "41111 1111 1111 111",
        "4111-1111 1111-1111",
        "A4111111111111111",
        "4111111111111111-9",
        "SIRET 36252187900034",
        "IMEI: 378282246310005",
        "0.4111111111111111",
    ]);
}

#[test]
fn account_numbers_need_their_countrys_length_and_checksum() {
    takes(
        Kind::Iban,
        &[
            "IBAN : ⟦FR14 2004 1010 0505 0001 3M02 606⟧ (BIC PSSTFRPP)",
            "⟦GB82WEST12345698765432⟧",
            "⟦de89 3704 0044 0532 0130 00⟧.",
            "⟦NO93 8601 1117 947⟧",
            "⟦MT84 MALT 0110 0001 2345 MTLC AST0 01S⟧",
            "⟦FR14\u{a0}2004\u{a0}1010\u{a0}0505\u{a0}0001\u{a0}3M02\u{a0}606⟧",
        ],
    );
    leaves(&[
        "FR14 2004 1010 0505 0001 3M02 607",
        "GB82WEST1234569876543",
        "ZZ89 3704 0044 0532 0130 00",
        "GB82WEST123456987654321",
    ]);
}

#[test]
fn telephone_numbers_are_taken_in_international_french_british_and_american_forms() {
    takes(
        Kind::Phone,
        &[
            "call ⟦+33 6 12 34 56 78⟧ now",
            "⟦+33 (0)6 12 34 56 78⟧",
            "⟦(+33) 6 12 34 56 78⟧",
            "⟦+442079460958⟧",
            "⟦+44 (0) 20 7946 0958⟧",
            "⟦+49 30 901820⟧",
            "⟦+1-415-555-0132⟧",
            "⟦+1 (415) 555-0132⟧",
            "⟦0033 6 12 34 56 78⟧",
            "⟦0033612345678⟧",
            "⟦06 12 34 56 78⟧, le soir",
            "Tél.⟦06.12.34.56.78⟧.",
            "⟦06\u{202f}12\u{202f}34\u{202f}56\u{202f}78⟧",
            "⟦0612345678⟧",
            "⟦0 800 123 456⟧",
            "⟦020 7946 0958⟧",
            "⟦(020) 7946 0958⟧",
            "⟦07911 123456⟧",
            "⟦07911 123 456⟧",
            "⟦0161 496 0000⟧",
            "⟦(415) 555-0132⟧",
            "⟦415-555-0132⟧",
            "⟦415.555.0132⟧",
            "⟦415 555 0132⟧",
            "⟦1-415-555-0132⟧",
            "text me on my cell ⟦4155550132⟧",
            "the order: call ⟦415-555-0132⟧",
        ],
    );
    assert_eq!(found("06 12 34 56 78 / 07 98 76 54 32").len(), 2);
    assert_eq!(found("06 12 34 56 78 07 98 76 54 32").len(), 2);
}

#[test]
fn numbers_of_other_things_are_no_telephone_numbers() {
    leaves(&[
        "order 415-555-0132",
        "Order no. 0612345678",
        "facture n° 0612345678",
        "123-456-7890",
        "411-555-0132",
        "4155550132",
        "415-555-0132-77",
        "x415-555-0132",
        "2024-06-12",
        "12/06/2024",
        "12.06.2024",
        "2024-06-12T08:15:30+02:00",
        "1718180000",
        "2024-06-12 08:15:30.123456",
        "12:30:45",
        "200 300 4000 500",
        "+33 6 12",
        "+999 12 34 56 78",
        "00 12",
        "978-2-1234-5680-3",
        "3.1415926535",
        "1,234,567,890",
        "48.8566, 2.3522",
        "18-24",
        "1 000 000",
        "§ 12.3.4",
    ]);
}

#[test]
fn ip_addresses_are_no_versions_times_or_paths() {
    takes(
        Kind::Ipv4,
        &["from ⟦192.0.2.17⟧:8080", "⟦10.0.0.1⟧/24", "Server ⟦255.255.255.255⟧.", "[⟦127.0.0.1⟧]", "ip=⟦8.8.8.8⟧;"],
    );
    takes(
        Kind::Ipv6,
        &[
            "[⟦2001:db8::1⟧]:443",
            "⟦fe80::1ff:fe23:4567:890a⟧%eth0",
            "⟦2001:0db8:0000:0000:0000:ff00:0042:8329⟧,",
            "⟦::1⟧",
            "⟦::ffff:192.0.2.1⟧",
            "at ⟦2001:db8::7⟧: unreachable",
            "⟦2001:DB8::⟧ is a net",
        ],
    );
    leaves(&[
        "version 1.2.3.4",
        "v1.2.3.4",
        "release 10.4.2.1",
        "1.2.3",
        "1.2.3.4.5",
        "256.1.1.1",
        "01.2.3.4",
        "12:30:45",
        "00:1B:44:11:3A:B7",
        "std::vector",
        "a::b",
        "dead::beef",
        "::",
        "10:20",
        "1::2::3",
        "face::new()",
        "abc.10.0.0.1x",
    ]);
}

#[test]
fn national_ids_need_what_their_issuer_checks() {
    takes(
        Kind::UsSsn,
        &["⟦536-90-4399⟧", "SSN ⟦536 90 4399⟧.", "ssn: ⟦536904399⟧", "social security number is ⟦536-90-4399⟧"],
    );
    takes(Kind::FrNir, &["⟦2 55 08 14 168 025 38⟧", "NIR ⟦255081416802538⟧", "⟦2550814168025 38⟧"]);
    takes(
        Kind::UkNino,
        &["⟦AB 12 34 56 C⟧", "⟦AB123456C⟧.", "⟦QQ-12-34-56-A⟧".replace("QQ", "JG").as_str(), "my nino is ⟦ab123456c⟧"],
    );
    leaves(&[
        "000-12-3456",
        "666-12-3456",
        "987-65-4321",
        "536-00-4399",
        "536-90-0000",
        "536904399",
        "part no. 536-90-4399",
        "2536-90-4399",
        "2 55 08 14 168 025 39",
        "255131416802538",
        "QQ 12 34 56 C",
        "BG123456A",
        "AB123456E",
        "AB12345C",
        "commit ab123456c",
    ]);
}

#[test]
fn a_corsican_number_has_its_own_department() {
    let (body, department) = (1_850_518_006_084_u64, "2B");
    let key = 97 - body % 97;
    takes(Kind::FrNir, &[&format!("⟦1 85 05 {department} 006 084 {key:02}⟧")]);
}

#[test]
fn where_two_kinds_overlap_the_more_certain_one_wins() {
    assert_eq!(found("0612345678@example.com"), [("email", "0612345678@example.com".to_owned())]);
    assert_eq!(found("FR14 2004 1010 0505 0001 3M02 606").len(), 1);
}

#[test]
fn kinds_that_were_not_asked_for_stay_and_never_turn_into_another() {
    let phones: BTreeSet<Kind> = [Kind::Phone].into();
    let text = "card 4111 1111 1111 1111, mail a@b.io, call 06 12 34 56 78";
    let redaction = redact(text, &phones);
    assert_eq!(redaction.text, "card 4111 1111 1111 1111, mail a@b.io, call [PHONE_1]");
}
