package recon

import (
	"bytes"
	_ "embed"
	"html/template"
	"io"
	"strconv"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/money"
	"batchcomplete/internal/sheet"
)

// pageText is the page. It has no script at all and asks for nothing from
// anywhere, and its policy says so to the browser; html/template escapes whatever
// is put into it.
//
//go:embed page.html
var pageText string

// pageMark is what the page has within its first lines, and no page of anybody
// else's.
const pageMark = `<meta name="generator" content="reconcile">`

// WriteHTML writes the summary as one page that stands by itself. A file that is
// there already is replaced only where it is such a page.
func (w Workbook) WriteHTML(path string) error {
	return sheet.WriteOver(path, []string{pageMark}, func(out io.Writer) error { return w.page(out, w.view()) })
}

func (w Workbook) page(out io.Writer, v view) error {
	page, err := template.New("page").Funcs(template.FuncMap{"t": w.t, "yuan": money.Fen.Grouped, "place": w.place, "tone": toneClass, "date": w.date}).Parse(pageText)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := page.Execute(&text, v); err != nil {
		return err
	}
	// What nobody sees could turn an amount around.
	_, err = out.Write(bytes.Map(func(r rune) rune {
		if r == '\n' || lang.Safe(r) {
			return r
		}
		return '?'
	}, text.Bytes()))
	return err
}

// view is what the page shows.
type view struct {
	Lang, Made, Shown, Version string
	Verdicts                   []viewVerdict
	Against                    bool
	Imported, Counted          Sum
	States                     []viewState
	Days                       []viewDay
	Total                      viewDay
	Undated                    []SettleLine
	Credits                    []viewCredit
	Kinds                      []viewKind
	Breaks                     []viewBreak
	More                       int // breaks that the page leaves to the workbook
	Chart                      viewChart
}

type viewVerdict struct{ Tone, Text string }

type viewState struct {
	Name, Tone string
	Sum        Sum
}

type viewDay struct {
	SettleLine
	Covered       bool
	Statement     money.Fen
	Fee, Net, Off money.Fen
}

type viewCredit struct {
	TheirSum
	Credit, All money.Fen
}

type viewKind struct {
	Kind Place
	Turn string
	Sum  Sum
}

type viewBreak struct {
	Break
	Days              int
	Turn, Why, Advice string
}

type viewChart struct {
	Width, Height, Base int
	Bars                []viewBar
}

// viewBar is one column of the chart, in pixels.
type viewBar struct {
	X, Y, Width, Height, Middle int
	Label, Amount               string
}

// maxShown is how many breaks the page lists; the workbook has them all.
const maxShown = 50

func (w Workbook) view() view {
	r := w.Result
	v := view{Lang: map[bool]string{true: "en", false: "zh-CN"}[w.Lang.String() == "en"], Made: w.t("made", w.Source.Env, w.stamp(w.Now)), Shown: w.shown(),
		Version: w.t("version", w.Version), Imported: r.Imported, Counted: r.Counted, Undated: r.Undated, Chart: chartOf(r.dates())}
	for _, x := range w.verdicts() {
		v.Verdicts = append(v.Verdicts, viewVerdict{toneClass(x.tone), x.text})
	}
	for _, s := range batch.States {
		if sum := r.States[s]; sum.Rows > 0 {
			v.States = append(v.States, viewState{w.state(s), toneClass(Tones[s]), sum})
		}
	}
	var total day
	for _, d := range r.days() {
		v.Days = append(v.Days, dayView(d))
		total.plus(d)
	}
	v.Total = dayView(total)
	if x := r.Matching; x != nil {
		v.Against = len(x.Statements) > 0
		w.viewMatching(&v, x)
	}
	return v
}

func dayView(d day) viewDay {
	return viewDay{d.SettleLine, d.covered, d.theirs.Amount, d.theirs.Fee, d.theirs.Amount - d.theirs.Fee, d.theirs.Amount - d.Completed}
}

func (w Workbook) viewMatching(v *view, x *Matching) {
	for _, t := range x.Theirs {
		v.Credits = append(v.Credits, viewCredit{t, t.Credit(), t.Credit() + t.OtherNet})
	}
	for _, k := range Kinds {
		if sum := x.Kinds[k]; sum.Rows > 0 {
			v.Kinds = append(v.Kinds, viewKind{k, w.t("turn." + k.String()), sum})
		}
	}
	for _, b := range x.Breaks {
		if b.Explained != nil {
			continue
		}
		if len(v.Breaks) == maxShown {
			v.More++
			continue
		}
		v.Breaks = append(v.Breaks, viewBreak{b, w.Calendar.Since(b.FirstSeen, w.today()), w.t("turn." + b.Kind.String()), w.why(b), w.advise(b)})
	}
}

// toneClass is a tone's name in the page's style sheet.
func toneClass(t sheet.Tone) string {
	return map[sheet.Tone]string{sheet.Good: "good", sheet.Bad: "bad", sheet.Doubtful: "doubt", sheet.Muted: "muted"}[t]
}

// The chart's measures, in pixels. With more days than fit it shows the last.
const (
	barsHigh  = 150
	barRoom   = 56
	barWide   = 36
	chartTop  = 22
	chartFoot = 26
	mostBars  = 31
)

func chartOf(dates []SettleLine) viewChart {
	if len(dates) > mostBars {
		dates = dates[len(dates)-mostBars:]
	}
	c := viewChart{Width: max(4, len(dates))*barRoom + 8, Height: chartTop + barsHigh + chartFoot, Base: chartTop + barsHigh}
	var most money.Fen = 1
	for _, d := range dates {
		most = max(most, d.Completed)
	}
	for i, d := range dates {
		high := int(d.Completed * barsHigh / most)
		x := 4 + i*barRoom + (barRoom-barWide)/2
		c.Bars = append(c.Bars, viewBar{X: x, Y: c.Base - high, Width: barWide, Height: high, Middle: x + barWide/2, Label: d.SettleDate[5:], Amount: short(d.Completed)})
	}
	return c
}

// short is an amount for a narrow place: in thousands of yuan from a million on.
func short(f money.Fen) string {
	const thousand = 1000 * 100
	if f < 1000*thousand {
		return strconv.FormatInt(int64(f/100), 10)
	}
	return strconv.FormatInt(int64(f/thousand), 10) + "k"
}
