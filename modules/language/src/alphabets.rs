//! Letters that only some languages have. A word with a letter from outside a language's alphabet is hardly of it.

/// The letters beyond a to z, or beyond the common ones of the script, of each language.
const LATIN: [(&str, &str); 31] = [
    ("af", "áéèêëíîïóôöúûü"),
    ("az", "çəğıöşü"),
    ("ca", "àçèéíïòóúü·"),
    ("cs", "áčďéěíňóřšťúůýž"),
    ("cy", "âêîôûŵŷáéíóäëïöü"),
    ("da", "æøåéü"),
    ("de", "äöüßé"),
    ("en", "é"),
    ("eo", "ĉĝĥĵŝŭ"),
    ("es", "áéíñóúü"),
    ("et", "äöõüšž"),
    ("fi", "äöå"),
    ("fr", "àâæçéèêëîïôœùûüÿ"),
    ("hr", "čćđšž"),
    ("hu", "áéíóöőúüű"),
    ("id", "é"),
    ("it", "àèéìíîòóùú"),
    ("la", ""),
    ("lt", "ąčęėįšųūž"),
    ("lv", "āčēģīķļņšūž"),
    ("nb", "æøåéòô"),
    ("nl", "ëïéèüö"),
    ("pl", "ąćęłńóśźż"),
    ("pt", "áâãàçéêíóôõú"),
    ("ro", "ăâîșțşţ"),
    ("sk", "áäčďéíĺľňóôŕšťúýž"),
    ("sl", "čšž"),
    ("sv", "åäöé"),
    ("tl", "ñ"),
    ("tr", "çğıöşüâîû"),
    ("vi", "ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"),
];
const CYRILLIC: [(&str, &str); 6] = [
    ("be", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    ("bg", "абвгдежзийклмнопрстуфхцчшщъьюяѝ"),
    ("mk", "абвгдѓежзѕијклљмнњопрстќуфхцчџшѐѝ"),
    ("ru", "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
    ("sr", "абвгдђежзијклљмнњопрстћуфхцчџш"),
    ("uk", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
];
const ARABIC: [(&str, &str); 2] =
    [("ar", "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي"), ("fa", "ءآأؤئابپتثجچحخدذرزژسشصضطظعغفقکگلمنهویۀ")];

/// Whether `letter`, lowercased, belongs to the language of `code`; true where nothing is known.
pub fn has(code: &str, letter: char) -> bool {
    if letter.is_ascii_lowercase() || letter == '\'' {
        return true;
    }
    let known = LATIN.iter().chain(&CYRILLIC).chain(&ARABIC).find(|(name, _)| *name == code);
    known.is_none_or(|(_, alphabet)| alphabet.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::has;

    #[test]
    fn a_letter_belongs_to_the_languages_that_spell_with_it() {
        assert!(has("de", 'ß') && !has("fr", 'ß') && !has("en", 'ß'));
        assert!(has("uk", 'ї') && !has("ru", 'ї') && !has("bg", 'ы'));
        assert!(has("fa", 'گ') && !has("ar", 'گ') && has("ar", 'ة'));
        assert!(has("en", 'x') && has("th", 'ก'));
    }
}
