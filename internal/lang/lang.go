package lang

import (
	"fmt"
	"slices"
	"strings"
)

// Lang is the language of what people read.
type Lang uint8

// The languages. Chinese is the zero value.
const (
	Zh Lang = iota
	En
)

// String gives the word that --lang takes.
func (l Lang) String() string {
	if l == En {
		return "en"
	}
	return "zh"
}

// Parse reads the word of --lang: "zh" or "en".
func Parse(word string) (Lang, error) {
	switch strings.ToLower(word) {
	case "zh":
		return Zh, nil
	case "en":
		return En, nil
	}
	return Zh, fmt.Errorf("language %q is neither zh nor en", word)
}

// FromLocale picks the language from LC_ALL, LC_MESSAGES and LANG, the first
// that is set: English where it begins with "en", and Chinese for everything
// else, "C" and nothing at all included.
func FromLocale(getenv func(string) string) Lang {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := getenv(name); value != "" {
			if strings.HasPrefix(strings.ToLower(value), "en") {
				return En
			}
			return Zh
		}
	}
	return Zh
}

// Text is one message in both languages, as fmt formats.
type Text struct{ Zh, En string }

// Texts is one part's share of the catalogue.
type Texts map[string]Text

// catalogue is every part's texts in one map. A key that two parts define is a
// programming error, found by the first test that runs.
var catalogue = join(cliTexts, notifyTexts, operateTexts, stateTexts, codeTexts, checkpointTexts, sheetTexts, intakeTexts, reconTexts, batchcompleteTexts, manualTexts, reconcileTexts)

func join(parts ...Texts) Texts {
	all := Texts{}
	for _, part := range parts {
		for key, text := range part {
			if _, twice := all[key]; twice {
				panic("lang: the key " + key + " stands in the catalogue twice")
			}
			all[key] = text
		}
	}
	return all
}

// T gives the message of that key with its arguments set in, each of them made
// Visible. A key that the
// catalogue lacks comes back itself, in brackets: visible, and never a crash.
func (l Lang) T(key string, args ...any) string {
	text, ok := catalogue[key]
	if !ok {
		return "[" + key + "]"
	}
	format := text.Zh
	if l == En {
		format = text.En
	}
	if len(args) == 0 {
		return format
	}
	return fmt.Sprintf(format, visible(args)...)
}

// Has tells whether the catalogue has that key.
func Has(key string) bool { _, ok := catalogue[key]; return ok }

// Tell is T for arguments that are all texts, as problems keep them.
func (l Lang) Tell(key string, texts []string) string {
	args := make([]any, len(texts))
	for i, text := range texts {
		args[i] = text
	}
	return l.T(key, args...)
}

// Hinted lists the keys of the messages that come with advice (their ".hint"),
// in order: what the runbook is made of.
func Hinted() []string {
	var all []string
	for key := range catalogue {
		if Has(key + ".hint") {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}
