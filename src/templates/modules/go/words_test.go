package main

import (
	"bytes"
	"strings"
	"testing"

	"{{name}}/aion"
)

func TestTheMostCommonWordComesFirst(t *testing.T) {
	words, common := count("A cat, a dog; the CAT and a bird.")
	if words != 9 || common[0] != (Common{"a", 3}) || common[1] != (Common{"cat", 2}) {
		t.Fatal(words, common)
	}
}

func TestACallIsAnsweredInLines(t *testing.T) {
	var out bytes.Buffer
	if err := aion.Answer(strings.NewReader(`{"text":"b a b","most":"1"}`), &out, work); err != nil {
		t.Fatal(err)
	}
	expected := `{"text":"b: 2\n","type":"token"}` + "\n" +
		`{"data":{"words":3,"common":[{"word":"b","count":2}]},"type":"result"}` + "\n"
	if out.String() != expected {
		t.Fatal(out.String())
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	for _, input := range []string{`{}`, `{"text":"a","most":0}`, `{"text":"a","mots":1}`, `{"text":"a","most":"x"}`, `[]`} {
		var out bytes.Buffer
		if err := aion.Answer(strings.NewReader(input), &out, work); err == nil || out.Len() > 0 {
			t.Error(input, err, out.String())
		}
	}
}

func TestARefusalNamesTheField(t *testing.T) {
	var out bytes.Buffer
	err := aion.Answer(strings.NewReader(`{"text":"a","most":"x"}`), &out, work)
	if err == nil || !strings.HasPrefix(err.Error(), `input refused: most: is "x"`) {
		t.Fatal(err)
	}
}
