package recon

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/sheet"
)

// block is the summary while it is put together: formulas and the chart have to
// know where their rows will be.
type block struct {
	w     Workbook
	rows  [][]sheet.Value
	chart *sheet.Chart
}

func (b *block) row(values ...sheet.Value) { b.rows = append(b.rows, values) }

// next is the number that the next row will have.
func (b *block) next() int { return len(b.rows) + 1 }

// title begins a part of the summary.
func (b *block) title(key string) {
	b.row()
	b.row(text(b.w.t(key)).In(sheet.Title))
}

// say writes a sentence of the catalogue.
func (b *block) say(tone sheet.Tone, key string, args ...any) {
	b.row(across(tone, b.w.t(key, args...))...)
}

// across gives a sentence that runs over several cells of one colour.
func across(tone sheet.Tone, sentence string) []sheet.Value {
	values := []sheet.Value{text(sentence).In(tone)}
	for range sentenceCells {
		values = append(values, text("").In(tone))
	}
	return values
}

// sentenceCells is how many cells beside its own a sentence runs over.
const sentenceCells = 7

func (w Workbook) summary() page {
	b := &block{w: w}
	b.row(text(w.t("title")).In(sheet.Title))
	b.say(sheet.Plain, "made", w.Source.Env, w.stamp(w.Now))
	b.row(text(w.shown()))
	b.verdicts()
	b.tieOut()
	b.settle()
	b.apart()
	if x := w.Result.Matching; x != nil {
		b.credit(x)
		b.differences(x)
		b.otherBusiness(x)
	}
	return page{tab: w.t("tab.summary"), layout: sheet.Layout{Widths: []int{26, 18, 10, 17, 17, 17, 17, 17, 12, 17, 13, 17, 15}, Rows: len(b.rows), Chart: b.chart}, rows: len(b.rows),
		write: func(emit func(...sheet.Value)) error {
			for _, row := range b.rows {
				emit(row...)
			}
			return nil
		}}
}

// verdict is one sentence that sums up a part, and its colour.
type verdict struct {
	tone sheet.Tone
	text string
}

// verdicts are the answers in short: does it tie out, does it agree, what is open.
func (w Workbook) verdicts() []verdict {
	r := w.Result
	all := []verdict{{sheet.Good, w.t("tie.ok")}}
	if !r.TiesOut() {
		all[0] = verdict{sheet.Bad, w.t("tie.bad")}
	}
	switch x := r.Matching; {
	case x == nil:
		all = append(all, verdict{sheet.Plain, w.t("verdict.nostatement")})
	case len(x.Kinds) > 0:
		var sum Sum
		for _, s := range x.Kinds {
			sum.plus(s)
		}
		all = append(all, verdict{sheet.Bad, w.t("verdict.breaks", sum.Rows, sum.Fen.Grouped())})
	default:
		all = append(all, verdict{sheet.Good, w.t("verdict.agrees", x.Matched)})
	}
	if u := r.Unresolved; u.Rows > 0 {
		return append(all, verdict{sheet.Doubtful, w.t("verdict.unresolved", u.Rows, u.Fen.Grouped())})
	}
	return append(all, verdict{sheet.Good, w.t("unresolved.none")})
}

func (b *block) verdicts() {
	for _, v := range b.w.verdicts() {
		b.row(across(v.tone, v.text)...)
	}
}

// tieOut is the equation: numbers in C and D, the same live from the details in
// E and F, and a tick beside them.
func (b *block) tieOut() {
	r := b.w.Result
	b.title("tie.title")
	b.row(b.w.headings("item", "none", "rows", "yuan", "liveRows", "liveYuan", "checkRows", "checkYuan")...)
	line := func(label string, sum Sum, rows, fen sheet.Formula, tone sheet.Tone) {
		at := b.next()
		values := []sheet.Value{text(label), text(""), count(sum.Rows), yuan(sum.Fen), count(sum.Rows).Live(rows), yuan(sum.Fen).Live(fen)}
		for i := range values {
			values[i] = values[i].In(tone)
		}
		b.row(append(values, sheet.CheckCell(count(0).Live(sheet.Minus(sheet.Spot(2, at), sheet.Spot(4, at)))),
			sheet.CheckCell(yuan(0).Live(sheet.Minus(sheet.Spot(3, at), sheet.Spot(5, at)))))...)
	}
	tab, batches := b.w.t("tab.batches"), len(b.w.shownBatches())
	imported := func(column int) sheet.Formula {
		if batches == 0 {
			return sheet.Sum()
		}
		return sheet.Sum(sheet.Area{Sheet: tab, Column: column, First: 2, Last: batches + 1})
	}
	top := b.next()
	line(b.w.t("tie.imported"), r.Imported, imported(importedRows), imported(importedYuan), sheet.Strong)
	first := b.next()
	for _, state := range batch.States {
		if sum := r.States[state]; sum.Rows > 0 || state != batch.Sending {
			word, areas := sheet.Spot(0, b.next()), b.w.detailAreas(stateColumn)
			tone := sheet.Plain
			if sum.Rows > 0 {
				tone = Tones[state]
			}
			line(b.w.state(state), sum, sheet.CountIf(word, areas...), sheet.SumIf(word, requestedColumn, areas...), tone)
		}
	}
	last := b.next() - 1
	sum := func(column int) sheet.Formula { return sheet.Sum(sheet.Area{Column: column, First: first, Last: last}) }
	line(b.w.t("tie.counted"), r.Counted, sum(4), sum(5), sheet.Strong)
	minus := func(column int) sheet.Formula {
		return sheet.Minus(sheet.Spot(column, top), sheet.Spot(column, last+1))
	}
	line(b.w.t("tie.difference"), Sum{r.Imported.Rows - r.Counted.Rows, r.Imported.Fen - r.Counted.Fen}, minus(4), minus(5), sheet.Plain)
	tone := sheet.Plain
	if r.Asked != r.Done+r.Discounted {
		tone = sheet.Bad
	}
	b.say(tone, "tie.completed", r.Asked.Grouped(), r.Done.Grouped(), r.Discounted.Grouped())
	for _, t := range r.Batches {
		if !t.TiesOut() {
			b.say(sheet.Bad, "tie.batch", t.Name)
		}
	}
}

// day is one merchant's day: ours, and the statement's where there is one.
type day struct {
	SettleLine
	theirs  TheirSum
	covered bool
}

// days puts our sums and the statement's side by side.
func (r Result) days() []day {
	at := map[[2]string]int{}
	var all []day
	for _, l := range r.Settle {
		at[[2]string{l.SettleDate, l.MID}] = len(all)
		all = append(all, day{SettleLine: l})
	}
	if r.Matching == nil {
		return all
	}
	for _, t := range r.Matching.Theirs {
		key := [2]string{t.SettleDate, t.MID}
		i, ok := at[key]
		if !ok {
			i = len(all)
			all = append(all, day{SettleLine: SettleLine{SettleDate: t.SettleDate, MID: t.MID}})
		}
		all[i].theirs, all[i].covered = t, true
	}
	slices.SortFunc(all, func(a, b day) int {
		return cmp.Or(strings.Compare(a.SettleDate, b.SettleDate), strings.Compare(a.MID, b.MID))
	})
	return all
}

// settle is what was collected, by settle date and merchant.
func (b *block) settle() {
	b.title("settle.title")
	b.say(sheet.Plain, "settle.note")
	keys := []string{"settleDate", "mid", "rows", "requested", "completed", "buyerPaid", "discount", "invoice"}
	x := b.w.Result.Matching
	against := x != nil && len(x.Statements) > 0
	if against {
		keys = append(keys, "theirRows", "theirs", "fee", "net", "difference")
	}
	b.row(b.w.headings(keys...)...)
	first := b.next()
	var total day
	for _, d := range b.w.Result.days() {
		b.row(b.dayRow(text(d.SettleDate), text(d.MID), d, against && d.covered, against)...)
		total.plus(d)
	}
	last := b.next() - 1
	sum := strong(b.dayRow(text(b.w.t("total")), text(""), total, against, against)...)
	for i := 2; i < len(sum) && last >= first; i++ {
		sum[i] = sum[i].Live(sheet.Sum(sheet.Area{Column: i, First: first, Last: last}))
	}
	b.row(sum...)
	b.perDay()
}

func (d *day) plus(e day) {
	d.Rows += e.Rows
	d.Requested += e.Requested
	d.Completed += e.Completed
	d.BuyerPaid += e.BuyerPaid
	d.Discount += e.Discount
	d.Invoice += e.Invoice
	d.theirs.Lines += e.theirs.Lines
	d.theirs.Amount += e.theirs.Amount
	d.theirs.Fee += e.theirs.Fee
}

func (b *block) dayRow(date, mid sheet.Value, d day, covered, against bool) []sheet.Value {
	values := []sheet.Value{date, mid, count(d.Rows), yuan(d.Requested), yuan(d.Completed), yuan(d.BuyerPaid), yuan(d.Discount), yuan(d.Invoice)}
	if against && !covered {
		return append(values, text(b.w.t("settle.uncovered")).In(sheet.Doubtful))
	}
	if against {
		difference := yuan(d.theirs.Amount - d.Completed)
		if d.theirs.Amount != d.Completed {
			difference = difference.In(sheet.Bad)
		}
		values = append(values, count(d.theirs.Lines), yuan(d.theirs.Amount), yuan(d.theirs.Fee), yuan(d.theirs.Amount-d.theirs.Fee), difference)
	}
	return values
}

// dates adds the merchants of each settle date up.
func (r Result) dates() []SettleLine {
	sums := map[string]*SettleLine{}
	for _, l := range r.Settle {
		s := into(sums, l.SettleDate, SettleLine{SettleDate: l.SettleDate})
		s.Rows += l.Rows
		s.Completed += l.Completed
	}
	return sorted(sums)
}

// perDay is the chart of money per settle date, and what it is drawn from.
func (b *block) perDay() {
	dates := b.w.Result.dates()
	if len(dates) == 0 {
		return
	}
	b.title("day.title")
	b.row(b.w.headings("settleDate", "none", "rows", "completed")...)
	first := b.next()
	for _, d := range dates {
		b.row(text(d.SettleDate), text(""), count(d.Rows), yuan(d.Completed))
	}
	last := b.next() - 1
	area := func(column int) string {
		return fmt.Sprintf("%[1]s%[2]d:%[1]s%[3]d", sheet.Column(column), first, last)
	}
	b.chart = &sheet.Chart{At: fmt.Sprintf("%s%d", sheet.Column(5), first-1), Title: b.w.t("settle.chart"), Categories: area(0), Values: area(3)}
	for b.next() < first+chartRows {
		b.row()
	}
}

// chartRows is how many rows a chart covers.
const chartRows = 15

// apart is what stands beside the days: completed without a settle date, and
// settled on another day than most of its batch.
func (b *block) apart() {
	r := b.w.Result
	if len(r.Undated) > 0 {
		b.title("undated.title")
		b.say(sheet.Doubtful, "undated.note")
		b.row(b.w.headings("settleDate", "mid", "rows", "requested", "completed", "buyerPaid", "discount", "invoice")...)
		for _, l := range r.Undated {
			b.row(text(b.w.t("settle.none")).In(sheet.Doubtful), text(l.MID), count(l.Rows), yuan(l.Requested), yuan(l.Completed), yuan(l.BuyerPaid), yuan(l.Discount), yuan(l.Invoice))
		}
	}
	titled := false
	for _, t := range b.w.shownBatches() {
		for _, date := range t.OffDates() {
			if !titled {
				b.title("off.title")
				b.say(sheet.Plain, "off.note")
				b.row(b.w.headings("batch", "mainDate", "rows", "yuan", "settleDate")...)
				titled = true
			}
			b.row(text(t.Name), text(t.Main), count(t.Dates[date].Rows), yuan(t.Dates[date].Fen), text(date).In(sheet.Doubtful))
		}
	}
}

// credit is what the bank should show, by day and merchant.
func (b *block) credit(x *Matching) {
	if len(x.Theirs) == 0 {
		return
	}
	b.title("credit.title")
	b.say(sheet.Plain, "credit.note")
	b.row(b.w.headings("settleDate", "mid", "theirRows", "theirs", "fee", "refunds", "credit", "otherNet", "otherRows", "creditAll", "none", "settledAll", "difference")...)
	first := b.next()
	var total TheirSum
	for _, t := range x.Theirs {
		b.row(creditRow(text(t.SettleDate), text(t.MID), t)...)
		total.Lines += t.Lines
		total.Amount += t.Amount
		total.Fee += t.Fee
		total.Refunds += t.Refunds
		total.OtherLines += t.OtherLines
		total.OtherNet += t.OtherNet
		total.Settled += t.Settled
	}
	last := b.next() - 1
	sum := strong(creditRow(text(b.w.t("total")), text(""), total)...)
	for i := 2; i < len(sum); i++ {
		if i != 10 {
			sum[i] = sum[i].Live(sheet.Sum(sheet.Area{Column: i, First: first, Last: last}))
		}
	}
	b.row(sum...)
}

func creditRow(date, mid sheet.Value, t TheirSum) []sheet.Value {
	all := t.Credit() + t.OtherNet
	difference := yuan(t.Settled - all)
	if t.Settled != all {
		difference = difference.In(sheet.Bad)
	}
	return []sheet.Value{date, mid, count(t.Lines), yuan(t.Amount), yuan(t.Fee), yuan(t.Refunds), yuan(t.Credit()), yuan(t.OtherNet), count(t.OtherLines), yuan(all), text(""), yuan(t.Settled), difference}
}

// differences counts the breaks by kind.
func (b *block) differences(x *Matching) {
	b.title("breaks.title")
	b.say(sheet.Plain, "breaks.lines", x.Lines, x.Matched, x.Lines-x.Matched-x.Other-x.OutOfScope, x.Other, x.OutOfScope)
	b.row(b.w.headings("kind", "turn", "rows", "stake")...)
	for _, k := range Kinds {
		if sum := x.Kinds[k]; sum.Rows > 0 {
			b.row(text(b.w.place(k)).In(k.tone()), text(b.w.t("turn."+k.String())), count(sum.Rows), yuan(sum.Fen))
		}
	}
	var cleared Sum
	for _, c := range x.Cleared {
		cleared.add(c.Fen)
	}
	b.row(text(b.w.t("break.explained")).In(sheet.Muted), text(""), count(x.Explained.Rows), yuan(x.Explained.Fen))
	b.row(text(b.w.t("break.cleared")).In(sheet.Good), text(""), count(cleared.Rows), yuan(cleared.Fen))
}

// otherBusiness says what was left alone, and what should perhaps not have been.
func (b *block) otherBusiness(x *Matching) {
	for _, word := range slices.Sorted(maps.Keys(x.Misnamed)) {
		b.say(sheet.Bad, "misnamed", word, x.Misnamed[word])
	}
	if len(x.Missing) > 0 {
		var sum Sum
		for _, l := range x.Missing {
			sum.plus(Sum{l.Rows, l.Completed})
		}
		b.say(sheet.Doubtful, "missing", len(x.Missing), sum.Rows, sum.Fen.Grouped())
	}
	if len(x.Words) == 0 {
		return
	}
	b.title("other.title")
	b.row(b.w.headings("type", "none", "rows", "yuan")...)
	for _, word := range slices.Sorted(maps.Keys(x.Words)) {
		b.row(text(word).In(sheet.Muted), text(""), count(x.Words[word].Rows), yuan(x.Words[word].Fen))
	}
}
