package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

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

var flags = []string{"config", "profile", "lang", "log-format", "log-level", "env", "db*", "settle-date*", "from", "to", "batch",
	"statement*", "strict-statement", "carry", "explain", "note", "out", "format", "html", "json"}

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
				a.code, a.err = a.do(c.Context())
			}
			return nil
		},
	}
	cli.AddFlags(root.Flags(), a.lang, flags...)
	cli.DressHelp(root, a.lang)
	cli.CompleteFlags(root, map[string][]string{"format": {"xlsx", "csv"}})
	return root
}

func (a *app) do(ctx context.Context) (cli.Code, error) {
	work := a.reconcile
	if a.set.String("explain") != "" {
		work = a.explain
	}
	code, err := work(ctx)
	return cli.Urgent(code, cli.CodeOf(err)), err
}

// failures are the errors that are not of usage.
var failures = map[string]cli.Code{"reconcile.open": cli.Failed, "reconcile.write": cli.Failed, "reconcile.carry": cli.Failed,
	"reconcile.statement.open": cli.Failed, "reconcile.strict": cli.Failed, "reconcile.statement.refused": cli.Refused}

func (a *app) fail(key string, args ...any) error {
	hint := ""
	if lang.Has(key + ".hint") {
		hint = a.lang.T(key + ".hint")
	}
	code, ok := failures[key]
	if !ok {
		code = cli.Usage
	}
	return cli.Fail(code, errors.New(a.lang.T(key, args...)), hint)
}

// reconcile is the whole of it: what is asked is settled before anything is
// opened, and the workbook is written before the carry-over book, which can be
// made again from it.
func (a *app) reconcile(ctx context.Context) (cli.Code, error) {
	job, err := a.job()
	if err != nil {
		return cli.OK, err
	}
	source, done, err := a.source(ctx)
	if err != nil {
		return cli.OK, err
	}
	defer done()
	if err := a.readCarry(&job, source.Env); err != nil {
		return cli.OK, err
	}
	result, err := a.match(job, source)
	if err != nil {
		return cli.OK, err
	}
	defer result.Close()
	book := recon.Workbook{Source: source, Selection: job.selection, Result: result, Calendar: job.calendar, Lang: a.lang, Now: a.Now(), Version: version + " (" + commit + ")"}
	if err := a.write(book, job); err != nil {
		return cli.OK, err
	}
	if err := a.keepCarry(job, result); err != nil {
		return cli.OK, err
	}
	strict := a.strict(result)
	code := cli.Urgent(exitOf(result), cli.CodeOf(strict))
	return code, errors.Join(strict, a.report(source, result, job.out, code))
}

// exitOf gives 3 where it does not tie out or breaks are open, 4 where rows
// remain in doubt.
func exitOf(r recon.Result) cli.Code {
	code := cli.OK
	if !r.TiesOut() || r.Matching != nil && len(r.Matching.Kinds) > 0 {
		code = cli.Differences
	}
	if r.Doubt.Rows > 0 {
		code = cli.Urgent(code, cli.Doubt)
	}
	return code
}

func (a *app) write(book recon.Workbook, job job) error {
	var err error
	if job.csv {
		_, err = book.WriteCSV(job.out)
	} else {
		err = book.Write(job.out)
	}
	if err != nil {
		return a.fail("reconcile.write", job.out, err)
	}
	if path := a.set.String("html"); path != "" {
		if err := book.WriteHTML(path); err != nil {
			return a.fail("reconcile.write", path, err)
		}
	}
	return nil
}
