package manual

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"batchcomplete/internal/cli"
	"batchcomplete/internal/lang"
)

// Pages writes a manual page in section 1 for a program and each of its commands under dir, the folder of all
// manuals: English in man1, Chinese in zh_CN/man1. (cobra's own writer takes the texts for Markdown, and would print
// batchcomplete-<env>.db as batchcomplete-.db.)
func Pages(root *cobra.Command, dir string, l lang.Lang) error {
	into := filepath.Join(dir, "man1")
	if l == lang.Zh {
		into = filepath.Join(dir, "zh_CN", "man1")
	}
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	return Each(root, func(c *cobra.Command) error {
		return os.WriteFile(filepath.Join(into, PageName(c)), []byte(page(c, l)), 0o644)
	})
}

// Each visits a program's commands, the program first: those that its help lists, but for cobra's own.
func Each(c *cobra.Command, visit func(*cobra.Command) error) error {
	if err := visit(c); err != nil {
		return err
	}
	for _, child := range c.Commands() {
		if !child.IsAvailableCommand() || child.Name() == "completion" {
			continue
		}
		if err := Each(child, visit); err != nil {
			return err
		}
	}
	return nil
}

// PageName gives the file that a command's page stands in.
func PageName(c *cobra.Command) string { return name(c) + ".1" }

func name(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }

// page is one command's page, in the man macros that every reader of pages knows.
func page(c *cobra.Command, l lang.Lang) string {
	var b strings.Builder
	section := func(head string) { fmt.Fprintf(&b, ".SH %s\n", roff(head)) }
	fmt.Fprintf(&b, ".TH \"%s\" \"1\" \"\" \"%s\" \"\"\n", roff(strings.ToUpper(name(c))), roff(c.Root().Name()))
	section(l.T("manual.name"))
	fmt.Fprintf(&b, "%s \\- %s\n", roff(name(c)), roff(c.Short))
	section(l.T("manual.synopsis"))
	fmt.Fprintf(&b, ".B %s\n", roff(useLine(c, l)))
	section(l.T("manual.description"))
	b.WriteString(asItIs(c.Long))
	section(l.T("manual.options"))
	c.LocalFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(option(f)) })
	if c.HasInheritedFlags() {
		section(l.T("manual.common"))
		c.InheritedFlags().VisitAll(func(f *pflag.Flag) { b.WriteString(option(f)) })
	}
	section(l.T("manual.exit"))
	b.WriteString(asItIs(cli.ExitTable(l)))
	if also := related(c); len(also) > 0 {
		section(l.T("manual.also"))
		b.WriteString(strings.Join(also, "\n") + "\n")
	}
	return b.String()
}

func useLine(c *cobra.Command, l lang.Lang) string {
	if c.Runnable() {
		return c.UseLine()
	}
	return c.CommandPath() + " " + l.T("cli.help.command")
}

// option is one flag: its name and what it takes, what it means, and its default.
func option(f *pflag.Flag) string {
	kind, usage := pflag.UnquoteUsage(f)
	head := "\\-\\-" + roff(f.Name)
	if f.Shorthand != "" {
		head = "\\-" + roff(f.Shorthand) + ", " + head
	}
	if kind != "" {
		head += " \\fI" + roff(kind) + "\\fR"
	}
	if value := shownDefault(f); value != "" {
		usage += " (" + value + ")"
	}
	return ".TP\n\\fB" + head + "\\fR\n" + roff(usage) + "\n"
}

// shownDefault gives a flag's default, "" where it is the empty value of its kind.
func shownDefault(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "0s", "false", "[]":
		return ""
	}
	return f.DefValue
}

// related names the pages of the command above, and of those below.
func related(c *cobra.Command) []string {
	var all []string
	refer := func(c *cobra.Command) { all = append(all, ".BR "+roff(name(c))+" (1)") } // in bold, but for the section
	if c.HasParent() {
		refer(c.Parent())
	}
	for _, child := range c.Commands() {
		if child.IsAvailableCommand() && child.Name() != "completion" {
			refer(child)
		}
	}
	return all
}

// asItIs keeps a text's lines and columns.
func asItIs(text string) string {
	return ".nf\n" + roff(strings.TrimRight(text, "\n")) + "\n.fi\n"
}

// roff makes text safe to stand in a page: no character of it is a command to the formatter.
func roff(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.NewReplacer(`\`, `\e`, "-", `\-`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`).Replace(text)) {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			b.WriteString(`\&`)
		}
		b.WriteString(line)
	}
	return b.String()
}
