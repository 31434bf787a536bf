package main

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// count says how many words the text has, and each with its count, the most common first.
func count(text string) (int, []Common) {
	counts := map[string]int{}
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	for _, word := range words {
		counts[strings.ToLower(word)]++
	}
	common := make([]Common, 0, len(counts))
	for word, count := range counts {
		common = append(common, Common{word, count})
	}
	// Go's maps have no order; sorting gives the same text the same result.
	slices.SortFunc(common, func(a, b Common) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Word, b.Word))
	})
	return len(words), common
}
