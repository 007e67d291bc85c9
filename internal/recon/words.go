package recon

import (
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
)

// Reason says in the reader's language why a row stands where it stands; empty
// where its state says it all.
func Reason(l lang.Lang, row batch.Row) string {
	switch {
	case len(row.Problems) > 0:
		return Problems(l, row.Problems, "")
	case row.State == batch.Duplicate && row.Original != nil:
		o := row.Original
		return l.T("recon.duplicate", o.Batch, o.Line, l.T("state."+string(o.State)))
	case row.State == batch.Completed || row.Code == "":
		return ""
	}
	return Code(l, row.Code, row.Message)
}

// Code explains a code, with the gateway's own words behind it.
func Code(l lang.Lang, code, message string) string {
	if code == "" {
		return message
	}
	text := code
	if key := "code." + code; lang.Has(key) {
		text = l.T(key) + " (" + code + ")"
	}
	if message != "" {
		text += ": " + message
	}
	return text
}

// Problems puts a row's problems, or with ".mend" how to mend them, into one
// line.
func Problems(l lang.Lang, problems []batch.Problem, suffix string) string {
	var texts []string
	for _, p := range problems {
		text := l.T(p.Key + suffix)
		if suffix == "" {
			text = l.Tell(p.Key, p.Args)
		}
		if p.Cell != "" {
			text = p.Cell + " " + text
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

// Advice says what to do about a row; empty for nothing.
func Advice(l lang.Lang, row batch.Row) string {
	switch row.State {
	case batch.Invalid:
		return Problems(l, row.Problems, ".mend")
	case batch.Declined:
		if key := "code." + row.Code + ".todo"; lang.Has(key) {
			return l.T(key)
		}
		return l.T("code.other.todo")
	case batch.Completed:
		if row.Payment.SettleDate == "" {
			return l.T("recon.advice.settle")
		}
		return ""
	case batch.Sending:
		return l.T("recon.advice.unknown")
	}
	return l.T("recon.advice." + string(row.State))
}
