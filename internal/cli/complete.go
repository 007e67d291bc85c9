package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// fewWords are the values of the flags that take one of a few, as a shell completes
// them.
var fewWords = map[string][]string{
	"env":         {"sandbox", "test", "prod"},
	"amount-unit": {"fen", "yuan"},
	"auth":        {"bodysig", "token"},
	"encoding":    {"utf-8", "gb18030", "utf-16"},
	"formulas":    {"accept", "refuse"},
	"notify-kind": {"wecom", "dingtalk", "feishu"},
	"log-format":  {"text", "json"},
	"log-level":   {"debug", "info", "warn", "error"},
	"lang":        {"zh", "en"},
	"as":          {"completed", "declined", "pending"},
	"faults":      {"script", "none"},
}

// CompleteFlags has a shell complete the values of flags that take one of a few,
// in a command and all below it; own are those that differ between programs.
func CompleteFlags(c *cobra.Command, own map[string][]string) {
	complete := func(flag *pflag.Flag) {
		few, ok := own[flag.Name]
		if !ok {
			few, ok = fewWords[flag.Name]
		}
		if ok {
			// It fails for a flag that is not c's, and these are.
			_ = c.RegisterFlagCompletionFunc(flag.Name, cobra.FixedCompletions(few, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	c.LocalNonPersistentFlags().VisitAll(complete)
	c.PersistentFlags().VisitAll(complete)
	for _, child := range c.Commands() {
		CompleteFlags(child, own)
	}
}
