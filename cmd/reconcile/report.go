package main

import (
	"fmt"
	"strconv"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
)

// jsonReport is the object that --json prints: a contract. Amounts are in fen.
type jsonReport struct {
	Env         string        `json:"env"`
	TieOut      jsonTieOut    `json:"tieOut"`
	SettleDates []jsonSettle  `json:"settleDates"`
	Unresolved  recon.Sum     `json:"unresolved"`
	Statement   jsonStatement `json:"statement"`
	Breaks      []jsonBreak   `json:"breaks"`
	Out         string        `json:"out"`
	Exit        cli.Code      `json:"exit"`
}

type jsonTieOut struct {
	OK bool `json:"ok"`
	recon.Sum
	States map[batch.State]recon.Sum `json:"states"`
}

type jsonSettle struct {
	SettleDate string `json:"settleDate"`
	MID        string `json:"mid"`
	recon.Sum
}

// jsonStatement counts the statements' lines; those that are neither matched nor
// other business are in breaks, or out of scope.
type jsonStatement struct {
	Lines      int `json:"lines"`
	Matched    int `json:"matched"`
	Other      int `json:"other"`
	OutOfScope int `json:"outOfScope"`
}

// jsonBreak is the open breaks of one kind; explained ones are not among them.
type jsonBreak struct {
	Kind recon.Place `json:"kind"`
	recon.Sum
}

func (a *app) report(source recon.Source, t recon.Result, out string, code cli.Code) error {
	if !a.set.Bool("json") {
		a.print(t, out)
		return nil
	}
	r := jsonReport{Env: source.Env, TieOut: jsonTieOut{OK: t.TiesOut(), Sum: t.Counted, States: map[batch.State]recon.Sum{}},
		SettleDates: []jsonSettle{}, Unresolved: t.Unresolved, Breaks: []jsonBreak{}, Out: out, Exit: code}
	for _, state := range batch.States {
		r.TieOut.States[state] = t.States[state]
	}
	lines := t.Settle
	if a.set.String("from")+a.set.String("to") == "" && len(a.set.Strings("settle-date")) == 0 {
		lines = append(t.Undated[:len(t.Undated):len(t.Undated)], lines...)
	}
	for _, l := range lines {
		r.SettleDates = append(r.SettleDates, jsonSettle{l.SettleDate, l.MID, recon.Sum{Rows: l.Rows, Fen: l.Completed}})
	}
	if x := t.Matching; x != nil {
		r.Statement = jsonStatement{x.Lines, x.Matched, x.Other, x.OutOfScope}
		for _, kind := range recon.Kinds {
			if sum := x.Kinds[kind]; sum.Rows > 0 {
				r.Breaks = append(r.Breaks, jsonBreak{kind, sum})
			}
		}
	}
	return cli.WriteJSON(a.Stdout, r)
}

func (a *app) print(t recon.Result, out string) {
	say := func(key string, args ...any) { fmt.Fprintln(a.Stdout, a.lang.T(key, args...)) }
	if t.TiesOut() {
		say("reconcile.tie.ok", t.Counted.Rows, t.Counted.Fen.Grouped())
	} else {
		say("reconcile.tie.bad", t.Imported.Rows, t.Counted.Rows)
	}
	table := [][]string{{a.lang.T("reconcile.head.settle"), a.lang.T("reconcile.head.mid"), a.lang.T("reconcile.head.rows"), a.lang.T("reconcile.head.complete")}}
	for _, l := range t.Settle {
		table = append(table, []string{l.SettleDate, l.MID, strconv.Itoa(l.Rows), l.Completed.Grouped()})
	}
	_ = cli.Table(a.Stdout, table, 2, 3)
	undated := 0
	for _, l := range t.Undated {
		undated += l.Rows
	}
	if undated > 0 {
		say("reconcile.undated", undated)
	}
	if x := t.Matching; x != nil {
		say("reconcile.agrees", x.Lines, x.Matched, x.Other)
		for _, kind := range recon.Kinds {
			if sum := x.Kinds[kind]; sum.Rows > 0 {
				say("reconcile.breaks", a.lang.T("recon.place."+kind.String()), sum.Rows, sum.Fen.Grouped())
			}
		}
	}
	if t.Unresolved.Rows > 0 {
		say("reconcile.unresolved", t.Unresolved.Rows, t.Unresolved.Fen.Grouped())
	}
	say("reconcile.done", out)
}
