package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"batchcomplete/internal/lang"
)

// DressHelp gives a command and all below it their help texts in that language,
// with the table of exit codes at the end.
func DressHelp(root *cobra.Command, l lang.Lang) {
	cobra.EnableCommandSorting = false
	root.SetUsageTemplate(usageTemplate(l))
	root.SetHelpCommand(&cobra.Command{Use: "no-help", Hidden: true})
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
	root.InitDefaultHelpFlag()
	root.InitDefaultCompletionCmd()
	translate(root, l)
}

// translate puts cobra's own few words into the language.
func translate(c *cobra.Command, l lang.Lang) {
	if c.Name() == "completion" {
		c.Short = l.T("cli.help.completion")
	}
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Usage = l.T("cli.help.help")
	for _, child := range c.Commands() {
		translate(child, l)
	}
}

func usageTemplate(l lang.Lang) string {
	const template = `{USAGE}
{{if .Runnable}}  {{.UseLine}}
{{end}}{{if .HasAvailableSubCommands}}  {{.CommandPath}} {COMMAND}
{{end}}{{if .HasExample}}
{EXAMPLES}
{{.Example}}
{{end}}{{if .HasAvailableSubCommands}}
{COMMANDS}
{{range .Commands}}{{if .IsAvailableCommand}}  {{rpad .Name .NamePadding}} {{.Short}}
{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}
{FLAGS}
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableInheritedFlags}}
{GLOBAL}
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}
{{end}}{{if .HasAvailableSubCommands}}
{MORE}
{{end}}
{EXIT}`
	return strings.NewReplacer(
		"{USAGE}", l.T("cli.help.usage"),
		"{COMMAND}", l.T("cli.help.command"),
		"{EXAMPLES}", l.T("cli.help.examples"),
		"{COMMANDS}", l.T("cli.help.commands"),
		"{FLAGS}", l.T("cli.help.flags"),
		"{GLOBAL}", l.T("cli.help.global"),
		"{MORE}", l.T("cli.help.more"),
		"{EXIT}", ExitTable(l),
	).Replace(template)
}
