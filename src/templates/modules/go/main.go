// The module {{name}}: reads its call from stdin, streams what it finds, writes the result.
package main

import (
	"fmt"

	"{{name}}/aion"
)

// Question is what a caller sends, as schemas/input.json describes it.
type Question struct {
	Text *string   `json:"text"`
	Most *aion.Int `json:"most"`
}

// Answer is what a caller gets, as schemas/output.json describes it.
type Answer struct {
	Words  int      `json:"words"`
	Common []Common `json:"common"`
}

// Common is one common word.
type Common struct {
	Word  string `json:"word"`
	Count int    `json:"count"`
}

func main() { aion.Serve(work) }

func work(question Question, lines *aion.Lines) (Answer, error) {
	if question.Text == nil {
		return Answer{}, aion.Refusal{Field: "text", Problem: "is missing", Remedy: "send a JSON string"}
	}
	most := 10
	if question.Most != nil {
		most = int(*question.Most)
	}
	if most < 1 || most > 100 {
		return Answer{}, aion.Refusal{Field: "most", Problem: "is out of range", Remedy: "send an integer from 1 to 100"}
	}
	words, common := count(*question.Text)
	common = common[:min(most, len(common))]
	for _, each := range common {
		// Whoever watches the task sees each word now.
		if err := lines.Token(fmt.Sprintf("%s: %d\n", each.Word, each.Count)); err != nil {
			return Answer{}, err
		}
	}
	return Answer{words, common}, nil
}
