//! Japanese without a single kana, and Chinese: some characters are written so in one of them only.

/// Characters as only Japan writes them.
const JAPANESE: &str = "気駅円図発売広桜働込畑県変対応実経戻楽検単団囲弐児剤効勧厳営圏塩増壊奨専巣帯帰従徳恵悪択抜拠挙\
    挿掲揺摂斎暦様権歓歴毎沢済渋渓満滝焼犠猟獣穂穏粛続継絵総縄繊聴脳臓荘薬蛍覚観訳読謡譲豊賛軽転逓遅鉄鉱銭録関闘\
    陥険隠雑頼顕験騒髄黒黙";
/// Characters as only Chinese writes them, in the forms of the mainland and of Taiwan, its everyday pronouns included.
const CHINESE: &str =
    "们这说为么个时对过还没后吗呢吧给让谁从见现发习开关东车马鸟鱼门问间长张书买卖电话请谢错钱银铁钟钥锁\
    饭馆饿鸡妈爸爷奶她您你哪怎很跟啊哦嗯這個們嗎麼從還沒讓誰說為會來對裡錢鑰單歡訊賣號";

/// How many characters of `text` speak for Japanese, and how many for Chinese.
pub fn leanings(text: &str) -> (usize, usize) {
    let count = |list: &str| text.chars().filter(|letter| *letter > '\u{2fff}' && list.contains(*letter)).count();
    (count(JAPANESE), count(CHINESE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simplified_forms_of_either_side_tell_them_apart() {
        assert_eq!(leanings("東京駅"), (1, 0));
        assert_eq!(leanings("你们好"), (0, 2));
        assert_eq!(leanings("大学"), (0, 0));
    }

    #[test]
    fn no_character_speaks_for_both() {
        assert!(JAPANESE.chars().all(|letter| !CHINESE.contains(letter)));
    }
}
