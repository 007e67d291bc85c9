package manual

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"batchcomplete/internal/cli"
)

// Table is a Markdown table; the first row is its head.
func Table(rows [][]string) string {
	var b strings.Builder
	for i, row := range rows {
		for _, cell := range row {
			b.WriteString("| " + strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;").Replace(cell) + " ")
		}
		b.WriteString("|\n")
		if i == 0 {
			b.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return b.String()
}

// Flags is the table of a program's flags, in the table's own order: name, variable of the environment, default,
// commands, and meaning in both languages.
func Flags(zh, en *cobra.Command) string {
	rows := [][]string{{"参数 / flag", "默认 / default", "环境变量 / variable", "命令 / commands", "含义", "meaning"}}
	chinese, english := usages(zh), usages(en)
	for _, name := range cli.FlagNames() {
		f, there := english[name]
		if !there {
			continue
		}
		rows = append(rows, []string{"`--" + name + "`", shownDefault(f.flag), "`" + cli.EnvPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_")) + "`",
			strings.Join(f.commands, ", "), chinese[name].flag.Usage, f.flag.Usage})
	}
	return Table(rows)
}

type usage struct {
	flag     *pflag.Flag
	commands []string
}

func usages(root *cobra.Command) map[string]usage {
	all := map[string]usage{}
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { all[f.Name] = usage{f, []string{"*"}} })
	_ = Each(root, func(c *cobra.Command) error {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			u := all[f.Name]
			if name := strings.TrimPrefix(c.CommandPath(), root.Name()+" "); !slices.Contains(u.commands, "*") {
				all[f.Name] = usage{f, append(u.commands, name)}
			}
		})
		return nil
	})
	return all
}

// Commands is the table of a program's commands.
func Commands(zh, en *cobra.Command) string {
	rows := [][]string{{"命令 / command", "用途", "purpose"}}
	chinese := map[string]string{}
	_ = Each(zh, func(c *cobra.Command) error { chinese[c.CommandPath()] = c.Short; return nil })
	_ = Each(en, func(c *cobra.Command) error {
		rows = append(rows, []string{fmt.Sprintf("`%s`", c.UseLine()), chinese[c.CommandPath()], c.Short})
		return nil
	})
	return Table(rows)
}
