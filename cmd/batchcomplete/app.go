package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/spf13/cobra"

	"batchcomplete/internal/batch"
	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
)

// program is the name that messages and the help speak of.
const program = "batchcomplete"

// app is one invocation of the program.
type app struct {
	cli.World
	lang    lang.Lang
	log     *slog.Logger
	outside outside
	runID   string    // in every line of the log
	ask     io.Writer // where a question is put: standard error as it is
	set     *cli.Settings
	code    cli.Code
	err     error
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
	below    []spec // the commands of a group, such as "config show"
}

// always are the flags that every command has.
var always = []string{"config", "profile", "lang", "log-format", "log-level"}

// command makes the command of a spec; group is what stands before its name.
func (a *app) command(s spec, group string) *cobra.Command {
	name, _, _ := strings.Cut(s.use, " ")
	name = group + name
	c := &cobra.Command{
		Use:   s.use,
		Short: a.lang.T("cmd." + name),
		Long:  a.lang.T("cmd." + name + ".long"),
	}
	for _, below := range s.below {
		c.AddCommand(a.command(below, name+"."))
	}
	if s.do == nil {
		return c
	}
	c.Args = func(_ *cobra.Command, args []string) error {
		if len(args) < s.min || (s.max >= 0 && len(args) > s.max) {
			return errors.New(a.lang.T("batchcomplete.usage.args", c.UseLine()))
		}
		return nil
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		a.code, a.err = a.prepared(c, args, s.do)
		return nil
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
	a.runID = newRunID(a.Random)
	a.log = a.log.With("run", a.runID)
	if set.String("log-format") == "json" {
		a.Stderr = cli.LogLines(a.log)
	}
	code, err := do(c.Context(), args)
	return code, a.inContext(err)
}

// newRunID makes the id that ties together what one run logs and tells.
func newRunID(random io.Reader) string {
	if random == nil {
		random = rand.Reader
	}
	id := make([]byte, 8)
	if _, err := io.ReadFull(random, id); err != nil {
		return "unknown"
	}
	return hex.EncodeToString(id)
}

// note tells people something on standard error: standard output is for the
// result.
func (a *app) note(text string) { fmt.Fprintln(a.Stderr, cli.Printable(text)) }

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
		root.AddCommand(a.command(s, ""))
	}
	cli.DressHelp(root, a.lang)
	cli.CompleteFlags(root, map[string][]string{"format": rowFormats, "state": stateWords()})
	return root
}

func stateWords() (all []string) {
	for _, s := range batch.States {
		all = append(all, string(s))
	}
	return all
}

// The groups of flags that commands share.
var (
	whichCheckpoint = []string{"env", "db"}
	whichGateway    = append([]string{"base-url", "auth", "ca-file", "proxy", "rate", "workers", "timeout", "settle-window", "resolve-for",
		"until", "max-duration", "stop-after-failures", "max-unknown-fen"}, whichCheckpoint...)
	toOutside = []string{"metrics-file", "ping-url", "notify-url", "notify-kind"}
	howToRead = []string{"expect-rows", "expect-total", "amount-unit", "mid", "tid", "source-code", "sheet", "encoding", "formulas", "accept-changes"}
	selection = []string{"state", "code", "bill", "line"}
)

func (a *app) specs() []spec {
	return []spec{
		{use: "run FILE...", min: 1, max: -1, flags: join(whichGateway, howToRead, toOutside, []string{"out", "json", "yes", "verify-first"}), do: a.watched("run", a.run)},
		{use: "check FILE...", min: 1, max: -1, flags: join(whichCheckpoint, howToRead, []string{"out", "json"}), do: a.check},
		{use: "retry [BATCH]", max: 1, flags: join(whichGateway, selection, toOutside, []string{"out", "json", "yes"}), do: a.watched("retry", a.retry)},
		{use: "resolve [BATCH]", max: 1, flags: join(whichGateway, toOutside, []string{"out", "json"}), do: a.watched("resolve", a.resolve)},
		{use: "approve BATCH", min: 1, max: 1, flags: join(whichCheckpoint, []string{"expect-rows", "expect-total", "valid-for", "yes", "json"}), do: a.approve},
		{use: "decide BILL", min: 1, max: 1, flags: join(whichCheckpoint, []string{"as", "reason", "settle-window", "json"}), do: a.decide},
		{use: "status [BATCH]", max: 1, flags: join(whichCheckpoint, []string{"json", "watch", "every"}), do: a.status},
		{use: "rows [BATCH]", max: 1, flags: join(whichCheckpoint, []string{"state", "code", "settle-date", "format"}), do: a.rows},
		{use: "show BILL", min: 1, max: 1, flags: join(whichCheckpoint, []string{"settle-window", "json"}), do: a.show},
		{use: "export BATCH", min: 1, max: 1, flags: join(whichCheckpoint, []string{"out", "json"}), do: a.export},
		{use: "verify DIR", min: 1, max: 1, flags: join(whichCheckpoint, []string{"json"}), do: a.verify},
		{use: "template FILE", min: 1, max: 1, flags: []string{"json"}, do: a.template},
		{use: "config", below: []spec{
			{use: "check", flags: []string{"json"}, do: a.configCheck},
			{use: "show", flags: a.settingFlags(), do: a.configShow},
		}},
		{use: "sandbox", flags: []string{"listen", "expose", "ledger", "faults"}, do: a.sandbox},
		{use: "version", flags: []string{"json"}, do: a.version},
	}
}

// settings are the flags that stand in a configuration file as a rule: those of
// the commands that work on a checkpoint, but for what is said each time anew.
func (a *app) settingFlags() []string {
	return join(whichGateway, howToRead, toOutside, []string{"out", "json", "yes", "verify-first"})
}

func join(groups ...[]string) []string {
	var all []string
	for _, group := range groups {
		all = append(all, group...)
	}
	return all
}
