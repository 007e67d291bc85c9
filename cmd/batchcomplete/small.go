package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/intake"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

// template writes an empty spreadsheet to fill in.
func (a *app) template(_ context.Context, args []string) (cli.Code, error) {
	if err := intake.WriteTemplate(args[0], a.lang); err != nil {
		return cli.Failed, cli.Fail(cli.Failed, errors.New(a.lang.T("batchcomplete.template.failed", args[0], err)), "")
	}
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, jsonTemplate{args[0], cli.OK})
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.template.done", args[0]))
	return cli.OK, nil
}

// jsonTemplate is what template --json prints: a contract.
type jsonTemplate struct {
	File string   `json:"file"`
	Exit cli.Code `json:"exit"`
}

// sandboxAppID is the appId that the sandbox knows; its key is made anew for
// the embedded one, and read from UMS_APP_KEY or made for the stand-alone one.
const sandboxAppID = "SANDBOX0000000000000000000000000"

// startSandbox starts a simulated gateway on an address.
func startSandbox(address string, o sandbox.Options, a *app) (*sandbox.Server, ums.Secret, error) {
	key := ums.NewSecret(rand.Text())
	o.AppID, o.AppKey, o.Now, o.Log = sandboxAppID, key, a.Now, a.log
	server, err := sandbox.Start(address, o)
	return server, key, err
}

// sandbox is a local gateway to rehearse against, until it is interrupted.
func (a *app) sandbox(ctx context.Context, _ []string) (cli.Code, error) {
	cli.UnboundMemory()
	behaviour := sandbox.Scripted()
	switch faults := a.set.String("faults"); faults {
	case "script":
	case "none":
		behaviour = sandbox.Healthy()
	default:
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.sandbox.faults", faults)), a.lang.T("flag.faults"))
	}
	o := sandbox.Options{LedgerFile: a.set.String("ledger"), Behaviour: behaviour, Exposed: a.set.Bool("expose")}
	server, key, err := startSandbox(a.set.String("listen"), o, a)
	if err != nil {
		return cli.Failed, cli.Fail(cli.Failed, err, a.lang.T("batchcomplete.sandbox.start.hint"))
	}
	defer server.Close()
	if !server.Loopback {
		fmt.Fprintln(a.Stderr, banner(a.lang.T("batchcomplete.sandbox.exposed", server.URL), a.coloured()))
	}
	fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.sandbox.ready", server.URL))
	fmt.Fprintf(a.Stdout, "export UMS_APP_ID=%s\nexport UMS_APP_KEY=%s\n", sandboxAppID, key.Reveal())
	fmt.Fprintf(a.Stdout, "batchcomplete run FILE --env test --base-url %s\n", server.URL)
	drain, _ := a.Signals.Contexts(ctx)
	<-drain.Done()
	return cli.OK, nil
}

// version tells the program's version and what it was built from.
func (a *app) version(context.Context, []string) (cli.Code, error) {
	v := buildVersion()
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, v)
	}
	fmt.Fprintf(a.Stdout, "%s %s (%s, %s)\n", program, v.Version, v.Commit, v.Go)
	for _, d := range v.Dependencies {
		fmt.Fprintln(a.Stdout, "  "+d)
	}
	return cli.OK, nil
}

type versionReport struct {
	Version      string   `json:"version"`
	Commit       string   `json:"commit"`
	Go           string   `json:"go"`
	Dependencies []string `json:"dependencies"`
}

// version and commit are set by the Makefile when it links.
var version, commit = "development", "unknown"

func buildVersion() versionReport {
	v := versionReport{Version: version, Commit: commit, Go: runtime.Version(), Dependencies: []string{}}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			v.Dependencies = append(v.Dependencies, d.Path+" "+d.Version)
		}
	}
	return v
}
