//! The words before a number that say what it names.

/// A word, the form of what it names, and how many digits alone are enough without "no." between; 0 for never.
pub const LABELS: &[(&str, &str, usize)] = &[
    ("order", "order", 5),
    ("commande", "order", 5),
    ("cde", "order", 5),
    ("po", "order", 4),
    ("invoice", "invoice", 4),
    ("inv", "invoice", 4),
    ("facture", "invoice", 4),
    ("avoir", "invoice", 0),
    ("devis", "quote", 5),
    ("quote", "quote", 5),
    ("quotation", "quote", 5),
    ("ticket", "ticket", 4),
    ("incident", "ticket", 4),
    ("case", "case", 5),
    ("dossier", "case", 5),
    ("claim", "case", 5),
    ("sinistre", "case", 5),
    ("tracking", "tracking", 6),
    ("suivi", "tracking", 6),
    ("colis", "tracking", 6),
    ("parcel", "tracking", 6),
    ("shipment", "tracking", 6),
    ("contract", "contract", 0),
    ("contrat", "contract", 0),
    ("policy", "contract", 0),
    ("customer", "customer", 0),
    ("client", "customer", 0),
    ("account", "account", 0),
    ("compte", "account", 0),
    ("booking", "booking", 5),
    ("reservation", "booking", 0),
    ("réservation", "booking", 0),
    ("transaction", "transaction", 6),
    ("request", "request", 0),
    ("demande", "request", 0),
    ("serial", "serial", 5),
    ("série", "serial", 5),
    ("serie", "serial", 5),
    ("ref", "reference", 3),
    ("réf", "reference", 3),
    ("reference", "reference", 5),
    ("référence", "reference", 5),
    ("rma", "return", 4),
];
/// Words of a label that say a number is coming.
pub const MARKERS: &[&str] =
    &["no", "nr", "number", "num", "numéro", "numero", "id", "ref", "réf", "reference", "référence"];
/// Words between a label and its number that say nothing.
pub const FILLERS: &[&str] =
    &["is", "est", "code", "confirmation", "client", "reg", "registration", "intracommunautaire", "intracom"];
/// How numbers that carry their own label begin.
pub const PREFIXES: &[(&str, &str)] = &[
    ("INV", "invoice"),
    ("FAC", "invoice"),
    ("FACT", "invoice"),
    ("FA", "invoice"),
    ("ORD", "order"),
    ("CMD", "order"),
    ("PO", "order"),
    ("TKT", "ticket"),
    ("TICKET", "ticket"),
    ("INC", "ticket"),
    ("CASE", "case"),
    ("REF", "reference"),
    ("RMA", "return"),
];
