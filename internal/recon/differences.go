package recon

import (
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

var (
	breakColumns = []string{"key", "kind", "stake", "firstSeen", "workingDays", "breakState", "turn", "why", "advice", "note",
		"mid", "billNo", "batch", "line", "state", "ourDate", "ours", "paySeqId", "orderId",
		"statementFile", "statementLine", "type", "theirDate", "theirs", "fee", "feeDue", "ref", "order"}
	breakWidths = []int{15, 15, 13, 11, 9, 9, 13, 34, 40, 24, 17, 27, 26, 8, 13, 13, 15, 16, 31, 30, 9, 14, 13, 15, 11, 11, 16, 31}
)

// breaksPrinted is how many of its columns are printed.
const breaksPrinted = 12

// breaks has the differences, the most urgent first: what is open, since when,
// whose move it is; then what was explained; then what is gone since.
func (w Workbook) breaks() page {
	x := w.Result.Matching
	rows := len(x.Breaks) + len(x.Cleared)
	return page{tab: w.t("tab.breaks"), layout: sheet.Layout{Widths: breakWidths, Left: 2, Printed: breaksPrinted}, head: w.headings(breakColumns...), rows: max(1, rows),
		write: func(emit func(...sheet.Value)) error {
			if rows == 0 {
				emit(text(w.t("breaks.none")).In(sheet.Good))
			}
			for _, b := range x.Breaks {
				emit(w.breakRow(b)...)
			}
			for _, b := range x.Cleared {
				emit(w.breakRow(b)...)
			}
			if !x.Listed {
				emit(text(w.t("breaks.more", maxListed)).In(sheet.Bad))
			}
			return nil
		}}
}

func (w Workbook) breakRow(b Break) []sheet.Value {
	status, tone := w.t("break.open"), b.Kind.tone()
	advice, turn := w.advise(b), w.t("turn."+b.Kind.String())
	switch {
	case b.Cleared != "":
		status, tone, advice, turn = w.t("break.cleared"), sheet.Good, "", ""
	case b.Explained != nil:
		status, tone, advice, turn = w.t("break.explained"), sheet.Muted, "", ""
	case b.FirstSeen < w.today():
		status = w.t("break.carried")
	}
	note := ""
	if e := b.Explained; e != nil {
		note = w.t("break.note", e.Note, e.By, w.stamp(e.At))
	}
	values := []sheet.Value{text(b.Key), text(w.place(b.Kind)).In(tone), yuan(b.Fen), text(b.FirstSeen), count(w.Calendar.Since(b.FirstSeen, w.today())),
		text(status).In(tone), text(turn), text(w.why(b)).Wrapped(), text(advice).Wrapped(), text(note).Wrapped()}
	return append(append(values, w.ours(b)...), w.theirs(b)...)
}

func (w Workbook) ours(b Break) []sheet.Value {
	if b.Ours == nil {
		return []sheet.Value{text(b.mid()), text(""), text(""), text(""), text(""), text(""), text(""), text(""), text("")}
	}
	o := b.Ours
	return []sheet.Value{text(o.MID), text(o.BillNo), text(o.Batch), count(o.Line), text(w.state(o.State)), text(o.SettleDate), yuan(o.Fen), text(o.PaySeqID), text(o.OrderID)}
}

func (w Workbook) theirs(b Break) []sheet.Value {
	if b.Theirs == nil {
		return nil
	}
	t := b.Theirs
	due := text("")
	if t.Due != unchecked {
		due = yuan(t.Due)
	}
	return []sheet.Value{text(t.File), count(t.Line), text(t.Type), text(t.SettleDate), yuan(t.Fen), yuan(t.Fee), due, text(t.Ref), text(t.Order)}
}

// why says what is wrong, with the figures.
func (w Workbook) why(b Break) string {
	switch b.Kind {
	case OnlyOurs:
		if b.Why == "uncovered" {
			return w.t("why.only_ours.uncovered", b.Ours.MID, b.Ours.SettleDate)
		}
		return w.t("why.only_ours")
	case OnlyUMS:
		if b.Ours != nil {
			return w.t("why.only_ums.row", b.Ours.Line, b.Ours.Batch, w.state(b.Ours.State))
		}
		return w.t("why.only_ums")
	case AmountDiffers:
		return w.t("why.amount", b.Theirs.Fen.Grouped(), b.Ours.Fen.Grouped(), signed(b.Theirs.Fen-b.Ours.Fen))
	case DateDiffers:
		return w.t("why.settle_date", b.Theirs.SettleDate, b.Ours.SettleDate)
	case FeeWrong:
		if b.Why == "net" {
			return w.t("why.fee.net", b.Theirs.Settled.Grouped(), b.Theirs.Fen.Grouped(), b.Theirs.Fee.Grouped())
		}
		return w.t("why.fee", b.Theirs.Fee.Grouped(), b.Theirs.Due.Grouped(), signed(b.Theirs.Fee-b.Theirs.Due))
	case Duplicate:
		return w.t("why.duplicate."+b.Why, b.Ours.Line, b.Ours.Batch)
	case Reversed:
		return w.t("why.reversed", b.Theirs.Type, abs(b.Theirs.Fen).Grouped(), b.Ours.Fen.Grouped())
	}
	return w.t("why.proves_unknown", w.state(b.Ours.State), b.Theirs.Fen.Grouped())
}

func signed(f money.Fen) string {
	if f > 0 {
		return "+" + f.Grouped()
	}
	return f.Grouped()
}

// advise says what to do about a break.
func (w Workbook) advise(b Break) string {
	switch {
	case b.Kind == ProvesUnknown && (b.Ours.State == batch.Unknown || b.Ours.State == batch.Held):
		return w.decide(b)
	case b.Kind == ProvesUnknown:
		return w.t("todo.proves_unknown.other")
	case b.Kind == AmountDiffers && b.Why == "notknown":
		return w.t("todo.amount.notknown")
	case b.Kind == OnlyUMS && b.Ours != nil:
		return w.t("todo.only_ums.row")
	}
	return w.t("todo." + b.Kind.String())
}

// decide is the command by which a person settles the row as the statement says.
func (w Workbook) decide(b Break) string {
	reason := w.t("decide.reason", b.Theirs.File, b.Theirs.Line, b.Theirs.Ref)
	words := []string{"batchcomplete", "decide", b.Ours.MID + "/" + b.Ours.BillNo, "--as", "completed", "--reason", reason, "--env", w.Source.Env}
	if t := w.Result.byName[b.Ours.Batch]; t != nil && t.Checkpoint != "" {
		words = append(words, "--db", t.Checkpoint)
	}
	for i, word := range words {
		words[i] = shellWord(word)
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word so that a shell takes it as it is.
func shellWord(s string) string {
	plain := s != ""
	for _, c := range s {
		plain = plain && (c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.ContainsRune("-_./", c))
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var (
	statementColumns = []string{"statementFile", "statementLine", "place", "settleDate", "type", "theirs", "fee", "settled", "ref", "order", "mid", "batch", "line",
		"feeDue", "time", "tid", "card", "serial", "targetOrderId"}
	statementWidths = []int{28, 8, 15, 11, 13, 13, 10, 13, 15, 29, 17, 22, 6, 11, 20, 11, 10, 10, 24}
)

// statementPrinted is how many of its columns are printed.
const statementPrinted = 13

// statement has every line of the statements, and what it matched.
func (w Workbook) statement() page {
	x := w.Result.Matching
	return page{tab: w.t("tab.statement"), layout: sheet.Layout{Widths: statementWidths, Left: 2, Printed: statementPrinted}, head: w.headings(statementColumns...), rows: x.Lines,
		write: func(emit func(...sheet.Value)) error {
			return x.m.lines.texts.each(func(at int32, l Line) error {
				if e := x.m.lines.at(at); e.file != carried {
					emit(w.statementRow(x, e, l)...)
				}
				return nil
			})
		}}
}

func (w Workbook) statementRow(x *Matching, e *entry, l Line) []sheet.Value {
	batchName, line, due := text(""), text(""), text("")
	if e.row != none {
		mk := x.m.marks[e.row]
		batchName, line = text(x.m.batches.texts[mk.batch]), count(int(mk.number))
	}
	if e.due != unchecked {
		due = yuan(e.due)
	}
	return []sheet.Value{text(x.Statements[e.file].Name), count(int(e.number)), text(w.place(e.place)).In(e.place.tone()), text(dayText(e.day)), text(l.Type),
		yuan(e.amount), yuan(e.fee), yuan(l.Settled), text(l.Ref), text(l.Order), text(l.MID), batchName, line,
		due, text(l.Time), text(l.TID), text(l.Card), text(l.Serial), text(l.TargetOrder)}
}
