package main

import (
	"context"
	"errors"
	"fmt"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/recon"
	"batchcomplete/internal/ums"
)

// configCheck looks at a whole configuration, every profile of it, and says all
// that a run would refuse.
func (a *app) configCheck(context.Context, []string) (cli.Code, error) {
	if a.set.String("config") == "" {
		return cli.Usage, cli.Fail(cli.Usage, errors.New(a.lang.T("batchcomplete.config.none")), a.lang.T("flag.config"))
	}
	names := a.set.Profiles()
	if a.set.Profile() != "" || len(names) == 0 {
		names = []string{a.set.Profile()}
	}
	report := jsonConfig{File: a.set.String("config"), Profiles: []jsonProfile{}}
	for _, name := range names {
		p := jsonProfile{Profile: name, Problems: []string{}}
		env, path, problems := a.checkProfile(name)
		if p.Env, p.Checkpoint = env, path; len(problems) > 0 {
			report.Exit = cli.Usage
		}
		for _, problem := range problems {
			p.Problems = append(p.Problems, a.mended(problem)...)
		}
		report.Profiles = append(report.Profiles, p)
	}
	if a.set.Bool("json") {
		return report.Exit, printJSON(a, report)
	}
	a.sayConfigured(report)
	return report.Exit, nil
}

// mended puts an error, or each of those that are joined in it, into words, with
// what to do about it.
func (a *app) mended(err error) []string {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		var all []string
		for _, one := range several.Unwrap() {
			all = append(all, a.mended(one)...)
		}
		return all
	}
	var told *cli.Error
	var unknown *recon.UnknownName
	switch {
	case errors.As(err, &unknown):
		return []string{a.lang.T("batchcomplete.config.mend", err, a.lang.T("cli.config.key.hint", cli.Nearest(unknown.Name, unknown.Known)))}
	case errors.As(err, &told) && told.Hint != "":
		return []string{a.lang.T("batchcomplete.config.mend", err, told.Hint)}
	}
	return []string{err.Error()}
}

// jsonConfig is what config check --json prints: a contract.
type jsonConfig struct {
	File     string        `json:"file"`
	Profiles []jsonProfile `json:"profiles"` // one without a name where the file has none
	Exit     cli.Code      `json:"exit"`
}

type jsonProfile struct {
	Profile    string   `json:"profile"`
	Env        string   `json:"env"`
	Checkpoint string   `json:"checkpoint"`
	Problems   []string `json:"problems"`
}

func (a *app) sayConfigured(r jsonConfig) {
	for _, p := range r.Profiles {
		who := p.Profile
		if who == "" {
			who = r.File
		}
		for _, problem := range p.Problems {
			fmt.Fprintln(a.Stdout, cli.Printable(a.lang.T("batchcomplete.config.problem", who, problem)))
		}
		if len(p.Problems) == 0 {
			fmt.Fprintln(a.Stdout, a.lang.T("batchcomplete.config.fine", who, p.Env, p.Checkpoint))
		}
	}
}

// checkProfile settles the settings as run would, and tries each of them.
func (a *app) checkProfile(name string) (env, path string, problems []error) {
	set, err := a.parse([]string{"--config", a.set.String("config"), "--profile", name, "--lang", a.lang.String()})
	if err != nil {
		return "", "", []error{err}
	}
	b := *a
	b.set = set
	try := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	env, err = b.environment()
	try(err)
	path = b.checkpointPath(env)
	_, err = b.deadline()
	try(err)
	_, err = b.readOptions()
	try(err)
	_, err = b.approvalRequired()
	try(err)
	_, err = recon.Configure(func(key string, into any) error { // reconcile's own sections
		_, err := set.Section(key, into)
		return err
	})
	try(err)
	_, err = ums.ParseAuth(set.String("auth"))
	try(err)
	_, err = b.rootCAs()
	try(err)
	try(b.openOutside("run"))
	_, err = b.proxy()
	try(err)
	_, err = b.address(env)
	try(err)
	if env == envProd || env == envTest {
		id, _, err := b.credentials()
		try(err)
		try(b.refusePractice(env, id))
	}
	return env, path, problems
}

// parse settles all the flags that are settings, from these arguments.
func (a *app) parse(args []string) (*cli.Settings, error) {
	return cli.Parse(join(always, a.settingFlags()), args, a.Getenv)
}

// configShow tells every setting, and where its value comes from.
func (a *app) configShow(context.Context, []string) (cli.Code, error) {
	all := a.set.All()
	for _, name := range []string{"app-id", "app-key-file", "notify-secret-file", "prod-url", "require-approval"} {
		if value := a.set.FileText(name); value != "" {
			all = append(all, cli.Setting{Name: name, Value: value, Origin: "file"})
		}
	}
	for _, name := range []string{"UMS_APP_ID", appKey.variable, notifySecret.variable} {
		if a.Getenv(name) != "" {
			all = append(all, cli.Setting{Name: name, Value: "REDACTED", Origin: "environment"})
		}
	}
	if a.set.Bool("json") {
		return cli.OK, printJSON(a, all)
	}
	table := [][]string{{a.lang.T("batchcomplete.config.name"), a.lang.T("batchcomplete.config.value"), a.lang.T("batchcomplete.config.origin")}}
	for _, s := range all {
		table = append(table, []string{s.Name, s.Value, s.Origin})
	}
	return cli.OK, cli.Table(a.Stdout, table)
}
