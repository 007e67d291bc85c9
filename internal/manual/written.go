package manual

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"batchcomplete/internal/lang"
)

// Written writes a program's pages in both languages below dir, and reads them
// again: how many they are, and what they lack of their commands' flags and of the
// exit codes.
func Written(program func(lang.Lang) *cobra.Command, dir string) (pages int, lacking []string, err error) {
	for l, folder := range map[lang.Lang]string{lang.Zh: "zh_CN/man1", lang.En: "man1"} {
		root := program(l)
		if err := Pages(root, dir, l); err != nil {
			return pages, lacking, err
		}
		err := Each(root, func(c *cobra.Command) error {
			text, err := os.ReadFile(filepath.Join(dir, folder, PageName(c)))
			if err != nil {
				return err
			}
			pages++
			page := strings.NewReplacer(`\-`, "-", `\(ti`, "~").Replace(string(text))
			c.Flags().VisitAll(func(f *pflag.Flag) {
				if !strings.Contains(page, "--"+f.Name) {
					lacking = append(lacking, fmt.Sprintf("%s: --%s", c.CommandPath(), f.Name))
				}
			})
			if !strings.Contains(page, l.T("cli.exit.11")) {
				lacking = append(lacking, fmt.Sprintf("%s: the exit codes in %s", c.CommandPath(), l))
			}
			return nil
		})
		if err != nil {
			return pages, lacking, err
		}
	}
	return pages, lacking, nil
}
