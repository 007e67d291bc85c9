package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/checkpoint"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
	"batchcomplete/internal/recon"
)

const program = "reconcile"

// version is set by the Makefile when it links.
var version, commit = "development", "unknown"

// app is one invocation of the program.
type app struct {
	cli.World
	lang lang.Lang
	set  *cli.Settings
	code cli.Code
	err  error
}

var flags = []string{"config", "profile", "lang", "log-format", "log-level", "env", "db*", "settle-date*", "from", "to", "batch", "statement*", "out", "json"}

// Run is the whole program: what the shell would see for these arguments,
// environment and streams. It gives the exit code.
func Run(w cli.World) cli.Code {
	a := &app{World: w, lang: cli.GuessLang(w)}
	root := a.root()
	root.SetArgs(w.Args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	if err := root.ExecuteContext(context.Background()); err != nil {
		return cli.Report(w.Stderr, program, a.lang, cli.Fail(cli.Usage, err, a.lang.T("reconcile.usage.hint")))
	}
	if a.err != nil {
		return cli.Urgent(a.code, cli.Report(w.Stderr, program, a.lang, a.err))
	}
	return a.code
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           program,
		Short:         a.lang.T("cmd.reconcile"),
		Long:          a.lang.T("cmd.reconcile.long"),
		Version:       version + " (" + commit + ")",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return errors.New(a.lang.T("reconcile.args", args[0]))
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error {
			a.set, a.err = cli.Load(c.Flags(), a.Getenv)
			if a.err == nil {
				a.lang = a.set.Lang
				a.code, a.err = a.reconcile(c.Context())
			}
			return nil
		},
	}
	cli.AddFlags(root.Flags(), a.lang, flags...)
	cli.DressHelp(root, a.lang)
	return root
}

func (a *app) fail(key string, args ...any) error {
	hint := ""
	if lang.Has(key + ".hint") {
		hint = a.lang.T(key + ".hint")
	}
	code := cli.Usage
	if key == "reconcile.open" || key == "reconcile.write" {
		code = cli.Failed
	}
	return cli.Fail(code, errors.New(a.lang.T(key, args...)), hint)
}

func (a *app) reconcile(ctx context.Context) (cli.Code, error) {
	selection, err := a.selection()
	if err != nil {
		return cli.CodeOf(err), err
	}
	out := a.set.String("out")
	if out == "" {
		return cli.Usage, a.fail("reconcile.out")
	}
	if len(a.set.Strings("statement")) > 0 {
		return cli.Usage, a.fail("reconcile.statement")
	}
	source, done, err := a.source(ctx)
	if err != nil {
		return cli.CodeOf(err), err
	}
	defer done()
	tally, err := recon.Count(source, selection)
	if err != nil {
		return cli.Failed, err
	}
	book := recon.Workbook{Source: source, Selection: selection, Tally: tally, Lang: a.lang, Now: a.Now(), Version: version + " (" + commit + ")"}
	if err := book.Write(out); err != nil {
		return cli.Failed, a.fail("reconcile.write", out, err)
	}
	code := exitOf(tally)
	return code, a.report(source, tally, out, code)
}

// exitOf gives 3 where it does not tie out, 4 where rows remain in doubt.
func exitOf(t recon.Tally) cli.Code {
	code := cli.OK
	if !t.TiesOut() {
		code = cli.Differences
	}
	if t.States[batch.Unknown].Rows+t.States[batch.Held].Rows+t.States[batch.Sending].Rows > 0 {
		code = cli.Urgent(code, cli.Doubt)
	}
	return code
}

func (a *app) selection() (recon.Selection, error) {
	s := recon.Selection{From: a.set.String("from"), To: a.set.String("to"), Dates: a.set.Strings("settle-date")}
	if len(s.Dates) == 0 {
		s.Dates = nil
	}
	for _, date := range append([]string{s.From, s.To}, s.Dates...) {
		if _, err := time.Parse(time.DateOnly, date); date != "" && err != nil {
			return s, a.fail("reconcile.date", date)
		}
	}
	if s.Dates != nil && s.From+s.To != "" {
		return s, a.fail("reconcile.date.both")
	}
	return s, nil
}

// source opens the checkpoints for reading.
func (a *app) source(ctx context.Context) (recon.Source, func(), error) {
	paths := a.set.Strings("db")
	if env := a.set.String("env"); len(paths) == 0 && env != "" {
		paths = []string{cli.CheckpointName(env, a.set.Profile())}
	}
	if len(paths) == 0 {
		return recon.Source{}, nil, a.fail("reconcile.db")
	}
	s := recon.Source{Env: a.set.String("env")}
	var visits []func(func(batch.Row) error) error
	var open []*checkpoint.DB
	done := func() {
		for _, db := range open {
			_ = db.Close()
		}
	}
	for _, path := range paths {
		db, err := checkpoint.OpenRead(ctx, path)
		if err != nil {
			done()
			return s, nil, a.fail("reconcile.open", path, err)
		}
		open = append(open, db)
		if s.Env == "" {
			s.Env = db.Env()
		}
		if db.Env() != s.Env {
			done()
			return s, nil, a.fail("reconcile.env", path, db.Env(), s.Env)
		}
		batches, filter, err := a.batches(ctx, db)
		if err != nil {
			done()
			return s, nil, err
		}
		s.Batches = append(s.Batches, batches...)
		visits = append(visits, func(visit func(batch.Row) error) error { return db.Each(ctx, filter, visit) })
	}
	s.Each = func(visit func(batch.Row) error) error {
		for _, each := range visits {
			if err := each(visit); err != nil {
				return err
			}
		}
		return nil
	}
	return s, done, nil
}

// batches gives the batches of a checkpoint that the workbook is about.
func (a *app) batches(ctx context.Context, db *checkpoint.DB) ([]recon.Batch, checkpoint.Filter, error) {
	all, err := db.Batches(ctx)
	filter := checkpoint.Filter{}
	if name := a.set.String("batch"); name != "" && err == nil {
		var one checkpoint.Batch
		if one, err = db.FindBatch(ctx, name); err != nil {
			return nil, filter, cli.Fail(cli.Usage, err, "")
		}
		filter.Batches = []int64{one.ID}
		all = slices.DeleteFunc(all, func(b checkpoint.Batch) bool { return b.ID != one.ID })
	}
	var some []recon.Batch
	for _, b := range all {
		some = append(some, recon.Batch{Name: b.Name, Path: b.Path, SHA256: b.SHA256, Settings: b.Settings,
			Imported: recon.Sum{Rows: b.Rows, Fen: b.Fen}, ImportedAt: b.ImportedAt})
	}
	return some, filter, err
}

// jsonReport is the object that --json prints: a contract.
type jsonReport struct {
	Env         string        `json:"env"`
	TieOut      jsonTieOut    `json:"tieOut"`
	SettleDates []jsonSettle  `json:"settleDates"`
	Unresolved  recon.Sum     `json:"unresolved"`
	Statement   jsonStatement `json:"statement"`
	Breaks      []struct{}    `json:"breaks"`
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

type jsonStatement struct {
	Lines   int `json:"lines"`
	Matched int `json:"matched"`
	Other   int `json:"other"`
}

func (a *app) report(source recon.Source, t recon.Tally, out string, code cli.Code) error {
	if !a.set.Bool("json") {
		a.print(t, out)
		return nil
	}
	r := jsonReport{Env: source.Env, TieOut: jsonTieOut{OK: t.TiesOut(), Sum: t.Counted, States: map[batch.State]recon.Sum{}},
		SettleDates: []jsonSettle{}, Unresolved: t.Unresolved, Breaks: []struct{}{}, Out: out, Exit: code}
	for _, state := range batch.States {
		r.TieOut.States[state] = t.States[state]
	}
	for _, l := range t.Settle {
		r.SettleDates = append(r.SettleDates, jsonSettle{l.SettleDate, l.MID, recon.Sum{Rows: l.Rows, Fen: l.Completed}})
	}
	return cli.WriteJSON(a.Stdout, r)
}

func (a *app) print(t recon.Tally, out string) {
	if t.TiesOut() {
		fmt.Fprintln(a.Stdout, a.lang.T("reconcile.tie.ok", t.Counted.Rows, t.Counted.Fen.Grouped()))
	} else {
		fmt.Fprintln(a.Stdout, a.lang.T("reconcile.tie.bad", t.Imported.Rows, t.Counted.Rows))
	}
	table := [][]string{{a.lang.T("reconcile.head.settle"), a.lang.T("reconcile.head.mid"), a.lang.T("reconcile.head.rows"), a.lang.T("reconcile.head.complete")}}
	for _, l := range t.Settle {
		table = append(table, []string{l.SettleDate, l.MID, strconv.Itoa(l.Rows), l.Completed.Grouped()})
	}
	_ = cli.Table(a.Stdout, table, 2, 3)
	if t.Unresolved.Rows > 0 {
		fmt.Fprintln(a.Stdout, a.lang.T("reconcile.unresolved", t.Unresolved.Rows, t.Unresolved.Fen.Grouped()))
	}
	fmt.Fprintln(a.Stdout, a.lang.T("reconcile.done", out))
}
