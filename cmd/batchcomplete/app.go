package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
)

// program is the name that messages and the help speak of.
const program = "batchcomplete"

// app is one invocation of the program.
type app struct {
	cli.World
	lang lang.Lang
	log  *slog.Logger
	ask  io.Writer // where a question is put: standard error as it is
	set  *cli.Settings
	code cli.Code
	err  error
}

// Run is the whole program: what the shell would see for these arguments,
// environment and streams. It gives the exit code.
func Run(w cli.World) cli.Code {
	a := &app{World: w, lang: cli.GuessLang(w), ask: w.Stderr}
	root := a.root()
	root.SetArgs(w.Args)
	root.SetIn(w.Stdin)
	root.SetOut(w.Stdout)
	root.SetErr(w.Stderr)
	if err := root.ExecuteContext(context.Background()); err != nil {
		// What cobra itself refuses is a matter of usage.
		return cli.Report(w.Stderr, program, a.lang, cli.Fail(cli.Usage, err, a.lang.T("batchcomplete.usage.hint")))
	}
	if a.err != nil {
		return cli.Urgent(a.code, cli.Report(a.Stderr, program, a.lang, a.err))
	}
	return a.code
}

// action is what a command does once its settings are loaded.
type action func(ctx context.Context, args []string) (cli.Code, error)

// spec describes one command; its texts stand in the catalogue under
// "cmd.<name>" and "cmd.<name>.long".
type spec struct {
	use      string // "run FILE..."
	min, max int    // number of arguments; max < 0: any
	flags    []string
	do       action
}

// always are the flags that every command has.
var always = []string{"config", "lang", "log-format", "log-level"}

func (a *app) command(s spec) *cobra.Command {
	name, _, _ := strings.Cut(s.use, " ")
	c := &cobra.Command{
		Use:   s.use,
		Short: a.lang.T("cmd." + name),
		Long:  a.lang.T("cmd." + name + ".long"),
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < s.min || (s.max >= 0 && len(args) > s.max) {
				return errors.New(a.lang.T("batchcomplete.usage.args", program+" "+s.use))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			a.code, a.err = a.prepared(c, args, s.do)
			return nil
		},
	}
	cli.AddFlags(c.Flags(), a.lang, s.flags...)
	return c
}

// prepared loads the settings and the logger, then acts.
func (a *app) prepared(c *cobra.Command, args []string, do action) (cli.Code, error) {
	set, err := cli.Load(c.Flags(), a.Getenv)
	if err != nil {
		return cli.Usage, err
	}
	a.set, a.lang = set, set.Lang
	a.log, err = cli.NewLogger(a.Stderr, set.String("log-format"), set.String("log-level"))
	if err != nil {
		return cli.Usage, cli.Fail(cli.Usage, err, "")
	}
	if set.String("log-format") == "json" {
		a.Stderr = cli.LogLines(a.log)
	}
	code, err := do(c.Context(), args)
	return code, a.inContext(err)
}

// note tells people something on standard error: standard output is for the
// result.
func (a *app) note(text string) { fmt.Fprintln(a.Stderr, text) }

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           program,
		Short:         a.lang.T("cmd.batchcomplete"),
		Long:          a.lang.T("cmd.batchcomplete.long"),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	cli.AddFlags(root.PersistentFlags(), a.lang, always...)
	for _, s := range a.specs() {
		root.AddCommand(a.command(s))
	}
	cli.DressHelp(root, a.lang)
	return root
}

// The groups of flags that commands share.
var (
	whichCheckpoint = []string{"env", "db"}
	whichGateway    = append([]string{"base-url", "auth", "ca-file", "rate", "workers", "timeout", "settle-window", "resolve-for",
		"until", "max-duration", "stop-after-failures", "max-unknown-fen"}, whichCheckpoint...)
	howToRead = []string{"expect-rows", "expect-total", "amount-unit", "mid", "tid", "source-code", "sheet", "encoding", "formulas", "accept-changes"}
	selection = []string{"state", "code", "bill", "line"}
)

func (a *app) specs() []spec {
	return []spec{
		{"run FILE...", 1, -1, join(whichGateway, howToRead, []string{"out", "json", "yes", "verify-first"}), a.run},
		{"check FILE...", 1, -1, join(whichCheckpoint, howToRead, []string{"out", "json"}), a.check},
		{"retry [BATCH]", 0, 1, join(whichGateway, selection, []string{"out", "json", "yes"}), a.retry},
		{"resolve [BATCH]", 0, 1, join(whichGateway, []string{"out", "json"}), a.resolve},
		{"decide BILL", 1, 1, join(whichCheckpoint, []string{"as", "reason", "settle-window"}), a.decide},
		{"status [BATCH]", 0, 1, join(whichCheckpoint, []string{"json"}), a.status},
		{"rows [BATCH]", 0, 1, join(whichCheckpoint, []string{"state", "code", "settle-date", "format"}), a.rows},
		{"show BILL", 1, 1, join(whichCheckpoint, []string{"settle-window"}), a.show},
		{"template FILE", 1, 1, nil, a.template},
		{"sandbox", 0, 0, []string{"listen", "ledger", "faults"}, a.sandbox},
		{"version", 0, 0, []string{"json"}, a.version},
	}
}

func join(groups ...[]string) []string {
	var all []string
	for _, group := range groups {
		all = append(all, group...)
	}
	return all
}
