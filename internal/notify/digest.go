package notify

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
)

// limit is the bytes that a message may have: WeCom's limit for a text, the
// lowest of the three services'.
const limit = 2048

// shownBatches is how many batches a digest names before it only counts them.
const shownBatches = 8

// Sum is a number of rows and their amount in fen.
type Sum struct {
	Rows int
	Fen  money.Fen
}

// Digest is what people are told of a run.
type Digest struct {
	Program, Command, Host string
	Env, Profile           string
	Run                    string // the run's id, as the logs have it
	At                     time.Time
	Took                   time.Duration
	Exit                   int
	ExitText               string // what the exit code means
	Batches                []string
	States                 []StateSum // in the order in which people are shown them
	SettleDates            []SettleSum
	Stopped                string   // why the run stopped early, in words
	Needs                  []string // what a person should do, in words
	Error                  string
}

// StateSum is one state's share; State is its word.
type StateSum struct {
	State string
	Sum
}

// SettleSum is what was completed for one settle date.
type SettleSum struct {
	Date string
	Sum
}

var beijing = time.FixedZone("CST", 8*60*60)

// Text puts the digest into words, what is most urgent first. Whatever came from
// outside is plain text of one line.
func (d Digest) Text(l lang.Lang) string {
	who := d.Env
	if d.Profile != "" {
		who += "/" + d.Profile
	}
	lines := []string{
		l.T("notify.head", d.Program, d.Command, plain(who, 60), d.At.In(beijing).Format("2006-01-02 15:04")),
		l.T("notify.exit", d.Exit, d.ExitText),
	}
	if d.Error != "" {
		lines = append(lines, l.T("notify.error", plain(d.Error, 300)))
	}
	if d.Stopped != "" {
		lines = append(lines, plain(d.Stopped, 200))
	}
	for _, need := range d.Needs {
		lines = append(lines, "! "+plain(need, 200))
	}
	for _, s := range d.States {
		if s.Rows > 0 {
			lines = append(lines, l.T("notify.state", l.T("state."+s.State), s.Rows, s.Fen.Grouped()))
		}
	}
	for i, s := range d.SettleDates {
		if i == shownBatches {
			break
		}
		date := s.Date
		if date == "" {
			date = "-"
		}
		lines = append(lines, l.T("notify.settle", plain(date, 20), s.Rows, s.Fen.Grouped()))
	}
	lines = append(lines, d.batches(l)...)
	lines = append(lines, l.T("notify.foot", d.Took.Round(time.Second), plain(d.Host, 60), d.Run))
	return bounded(strings.Join(lines, "\n"))
}

func (d Digest) batches(l lang.Lang) []string {
	if len(d.Batches) == 0 {
		return nil
	}
	var names []string
	for _, name := range d.Batches[:min(len(d.Batches), shownBatches)] {
		names = append(names, plain(name, 60))
	}
	if more := len(d.Batches) - shownBatches; more > 0 {
		names = append(names, fmt.Sprintf("+%d", more))
	}
	return []string{l.T("notify.batches", strings.Join(names, ", "))}
}

// addressLike is what a chat program makes a link of, wherever it stands.
var addressLike = strings.NewReplacer("://", "：//", "www.", "www．", "WWW.", "WWW．", "Www.", "Www．")

// plain makes a text from outside safe in a message: one line, no control or
// direction marks, none of the signs that mentions are written with, no address
// to press on, and at most so many characters.
func plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '<':
			return '‹'
		case r == '>':
			return '›'
		case r == '@':
			return '＠'
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return '?'
		}
		return r
	}, addressLike.Replace(s))
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	return s
}

// bounded cuts a message at the services' limit, between two characters.
func bounded(s string) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
