package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/sandbox"
	"batchcomplete/internal/ums"
)

// The environments. A checkpoint belongs to the one that made it.
const (
	envProd    = "prod"
	envTest    = "test"
	envSandbox = "sandbox"
)

var environments = []string{envProd, envTest, envSandbox}

// environment gives --env, which has no default: where money goes is said.
func (a *app) environment() (string, error) {
	switch env := a.set.String("env"); env {
	case envProd, envTest, envSandbox:
		return env, nil
	case "":
		return "", cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.env.missing")), a.lang.T("batchcomplete.env.hint"))
	default:
		return "", cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.env.unknown", env)), a.lang.T("batchcomplete.env.hint"))
	}
}

// checkpointPath gives --db, or the own file of the environment and profile in
// the working directory.
func (a *app) checkpointPath(env string) string {
	if path := a.set.String("db"); path != "" {
		return path
	}
	return cli.CheckpointName(env, a.set.Profile())
}

// gateway is the gateway that a command talks to, with the embedded sandbox
// behind it where the environment is that.
type gateway struct {
	*ums.Client
	appID string
	stop  func()
}

func (g *gateway) close() {
	g.Client.Close()
	g.stop()
}

// openGateway checks every setting of the gateway before anything is sent or
// written: a run must not find out about a missing key in the middle.
func (a *app) openGateway(env, dbPath string) (*gateway, error) {
	config, err := a.address(env)
	if err != nil {
		return nil, err
	}
	if config.Proxy, err = a.proxy(); err != nil {
		return nil, err
	}
	config.Timeout, config.Rate, config.Now, config.Log = a.set.Duration("timeout"), a.set.Int("rate"), a.Now, a.log
	if config.Auth, err = ums.ParseAuth(a.set.String("auth")); err != nil {
		return nil, cli.Fail(cli.Usage, err, a.lang.T("flag.auth"))
	}
	if a.set.Int("rate") < 1 || a.set.Int("workers") < 1 {
		return nil, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.rate.low")), "")
	}
	stop := func() {}
	if env == envSandbox {
		server, key, err := startSandbox("127.0.0.1:0", sandbox.Options{LedgerFile: dbPath + ".sandbox", Behaviour: sandbox.Scripted()}, a)
		if err != nil {
			return nil, cli.Fail(cli.Failed, err, a.lang.T("batchcomplete.sandbox.start.hint"))
		}
		config.BaseURL, config.AppID, config.AppKey = server.URL, sandboxAppID, key
		stop = func() { server.Close() }
	}
	if env != envSandbox {
		if config.AppID, config.AppKey, err = a.credentials(); err == nil {
			err = a.refusePractice(env, config.AppID)
		}
		if err != nil {
			return nil, err
		}
	}
	if config.RootCAs, err = a.rootCAs(); err != nil {
		return nil, err
	}
	client, err := ums.New(config)
	if err != nil {
		stop()
		return nil, cli.Fail(cli.Usage, err, a.lang.T("flag.base-url"))
	}
	if config.Production && config.Elsewhere {
		fmt.Fprintln(a.Stderr, banner(a.lang.T("batchcomplete.produrl", config.BaseURL), a.coloured()))
	}
	return &gateway{client, config.AppID, stop}, nil
}

// address says where an environment's gateway is. Production's is UMS's own, but
// where the configuration file, which no flag and no variable stands in for, names
// another: every run there says so.
func (a *app) address(env string) (ums.Config, error) {
	config, baseURL := ums.Config{Production: env == envProd}, a.set.String("base-url")
	if baseURL != "" && env != envTest {
		return config, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.baseurl.test")), a.lang.T("flag.base-url"))
	}
	switch env {
	case envSandbox:
		return config, nil
	case envTest:
		config.BaseURL, config.Elsewhere = ums.TestURL, baseURL != ""
		if config.Elsewhere {
			config.BaseURL = baseURL
		}
		return config, nil
	}
	config.BaseURL = ums.ProdURL
	if url := a.set.FileText("prod-url"); url != "" {
		config.BaseURL, config.Elsewhere = url, true
	}
	if err := config.CheckAddress(); err != nil {
		return config, cli.Fail(cli.Usage, err, a.lang.T("batchcomplete.produrl.hint"))
	}
	return config, nil
}

// proxy gives the proxy that the settings name, which may hold a password: that
// has no place on a command line, which every process can see.
func (a *app) proxy() (ums.Secret, error) {
	text := a.set.String("proxy")
	if a.set.Origin("proxy") == "flag" && strings.Contains(text, "@") {
		return ums.Secret{}, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.proxy.flag")), a.lang.T("batchcomplete.proxy.hint"))
	}
	proxy := ums.NewSecret(text)
	if err := ums.CheckProxy(proxy); err != nil {
		return ums.Secret{}, cli.Fail(cli.Usage, err, a.lang.T("flag.proxy"))
	}
	return proxy, nil
}

// Pace makes the gateway's turns the Runner's.
func (g *gateway) pace(ctx context.Context) error { return g.Client.Pace(ctx) }
