package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/sheet"
)

// jsonProblem is one thing that is wrong with a file: a contract. Sheet, cell,
// heading and value are empty where the file as a whole is meant.
type jsonProblem struct {
	File    string `json:"file"`
	Sheet   string `json:"sheet"`
	Cell    string `json:"cell"`
	Heading string `json:"heading"`
	Value   string `json:"value"`
	Key     string `json:"key"`
	Text    string `json:"text"`
	Mend    string `json:"mend"`
}

type jsonDay struct {
	MID      string `json:"mid"`
	BillDate string `json:"billDate"`
	jsonSum
}

type jsonOrigin struct {
	Batch string      `json:"batch"`
	State batch.State `json:"state"`
	jsonSum
}

// jsonNote is what was read and may be other than somebody expects.
type jsonNote struct {
	File string `json:"file"`
	Key  string `json:"key"`
	Text string `json:"text"`
}

// jsonRepeat is a row that is the same bill as an earlier one of its own file, and
// agrees with it.
type jsonRepeat struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	First int    `json:"first"` // the line of the row that counts
}

// jsonChecked is what check says beside what run says: a contract. The other
// commands leave it out.
type jsonChecked struct {
	Problems   []jsonProblem `json:"problems,omitzero"`
	Notes      []jsonNote    `json:"notes,omitzero"`
	Duplicates []jsonRepeat  `json:"duplicates,omitzero"` // the first of each file
	Totals     []jsonDay     `json:"totals,omitzero"`     // of the rows without a problem
	Before     []jsonOrigin  `json:"before,omitzero"`     // rows that other batches have, by what became of them
	Changed    *jsonSum      `json:"changed,omitzero"`

	accepted jsonSum // rows of Changed that are pending, in the place of others
}

func newChecked() jsonChecked {
	return jsonChecked{Problems: []jsonProblem{}, Notes: []jsonNote{}, Duplicates: []jsonRepeat{}, Totals: []jsonDay{}, Before: []jsonOrigin{}, Changed: &jsonSum{}}
}

// add takes in one file's findings.
func (c *jsonChecked) add(a *app, in imported) {
	for _, p := range in.problems {
		c.Problems = append(c.Problems, jsonProblem{in.path, p.Sheet, p.Cell, p.Heading, p.Value, p.Key, a.lang.Tell(p.Key, p.Args), a.lang.T(p.Key + ".mend")})
	}
	for _, n := range in.report.Notes {
		c.Notes = append(c.Notes, jsonNote{in.path, n.Key, a.lang.Tell(n.Key, n.Args)})
	}
	for _, pair := range in.seen.within {
		c.Duplicates = append(c.Duplicates, jsonRepeat{in.path, pair[0], pair[1]})
	}
	for d, sum := range in.seen.days {
		at := slices.IndexFunc(c.Totals, func(t jsonDay) bool { return t.MID == d.mid && t.BillDate == d.billDate })
		if at < 0 {
			at = len(c.Totals)
			c.Totals = append(c.Totals, jsonDay{MID: d.mid, BillDate: d.billDate})
		}
		c.Totals[at].jsonSum = c.Totals[at].plus(sum.Rows, sum.Fen)
	}
	c.Totals = slices.DeleteFunc(c.Totals, func(d jsonDay) bool { return d.Rows == 0 })
	slices.SortFunc(c.Totals, func(a, b jsonDay) int {
		return cmp.Or(cmp.Compare(a.MID, b.MID), cmp.Compare(a.BillDate, b.BillDate))
	})
	for _, o := range slices.SortedFunc(maps.Keys(in.seen.before), func(a, b origin) int {
		return cmp.Or(cmp.Compare(a.batch, b.batch), cmp.Compare(a.state, b.state))
	}) {
		c.Before = append(c.Before, jsonOrigin{o.batch, o.state, in.seen.before[o]})
	}
	for _, fen := range in.seen.accepted {
		c.accepted = c.accepted.plus(1, fen)
	}
	*c.Changed = c.Changed.plus(in.seen.changed.Rows, in.seen.changed.Fen)
}

// refuse takes in a file that was refused as a whole.
func (c *jsonChecked) refuse(a *app, path string, r *sheet.Refusal) {
	c.Problems = append(c.Problems, jsonProblem{File: path, Key: r.Key, Text: a.lang.Tell(r.Key, r.Args), Mend: a.lang.T(r.Key + ".mend")})
}

// unread takes in a file that could not be read at all.
func (c *jsonChecked) unread(a *app, u *unreadError) {
	c.Problems = append(c.Problems, jsonProblem{File: u.path, Key: unreadKey, Text: a.lang.T(unreadKey, u.path, u.err), Mend: a.lang.T("batchcomplete.input.missing.mend")})
}

// printChecked ends a check with its control totals; pending is what would be sent.
func (a *app) printChecked(c jsonChecked, pending jsonSum) {
	fresh := pending.plus(-c.accepted.Rows, -c.accepted.Fen)
	w := a.Stdout
	table := [][]string{{a.lang.T("batchcomplete.head.mid"), a.lang.T("batchcomplete.head.billDate"), a.lang.T("batchcomplete.head.rows"), a.lang.T("batchcomplete.head.yuan")}}
	var all jsonSum
	for _, d := range c.Totals {
		all = all.plus(d.Rows, d.Fen)
		table = append(table, []string{d.MID, d.BillDate, strconv.Itoa(d.Rows), d.Fen.Grouped()})
	}
	table = append(table, []string{a.lang.T("batchcomplete.head.total"), "", strconv.Itoa(all.Rows), all.Fen.Grouped()})
	fmt.Fprintln(w)
	fmt.Fprintln(w, a.lang.T("batchcomplete.check.totals"))
	cli.Table(w, table, 2, 3)
	fmt.Fprintln(w, a.lang.T("batchcomplete.check.new", fresh.Rows, fresh.Fen.Grouped()))
	for _, o := range c.Before {
		fmt.Fprintln(w, cli.OneLine(a.lang.T("batchcomplete.check.before", o.Batch, a.lang.T("state."+string(o.State)), o.Rows, o.Fen.Grouped())))
	}
	if refused := c.Changed.plus(-c.accepted.Rows, -c.accepted.Fen); refused.Rows > 0 {
		fmt.Fprintln(w, a.lang.T("batchcomplete.check.changed", refused.Rows, refused.Fen.Grouped()))
	}
	if c.accepted.Rows > 0 {
		fmt.Fprintln(w, a.lang.T("batchcomplete.check.accepted", c.accepted.Rows, c.accepted.Fen.Grouped()))
	}
}

// printWithin names both lines of rows that repeat one of their own file.
func (a *app) printWithin(s sightings) {
	for _, pair := range s.within {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.check.within", pair[0], pair[1]))
	}
	if more := s.repeated - len(s.within); more > 0 {
		fmt.Fprintln(a.Stderr, a.lang.T("batchcomplete.check.more", more))
	}
}
