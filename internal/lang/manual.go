package lang

// manualTexts: the words of manual pages and of the generated reference.
var manualTexts = Texts{
	"manual.name":        {"名称", "NAME"},
	"manual.synopsis":    {"用法", "SYNOPSIS"},
	"manual.description": {"说明", "DESCRIPTION"},
	"manual.options":     {"参数", "OPTIONS"},
	"manual.common":      {"通用参数", "OPTIONS OF EVERY COMMAND"},
	"manual.exit":        {"退出码", "EXIT STATUS"},
	"manual.also":        {"另见", "SEE ALSO"},

	"manual.file.app-id":           {"网关分配的 appId;环境变量 UMS_APP_ID 优先", "the appId that UMS assigned; UMS_APP_ID comes before it"},
	"manual.file.app-key-file":     {"存放 appKey 的文件,只有本人可读(600);环境变量 UMS_APP_KEY 优先", "the file that holds the appKey, mode 600; UMS_APP_KEY comes before it"},
	"manual.file.prod-url":         {"生产环境的另一个地址(https),只能写在这里;不写即为银联商务的", "another https address for production, which can stand nowhere else; without it, UMS's own"},
	"manual.file.require-approval": {"true:run 和 retry 只发送另一人复核过的批次", "true: run and retry send only what a second person has released"},
	"manual.file.columns":          {"字段在您的表格里的表头,如 totalAmount: [应收金额(元)]", "the headings that your spreadsheets have for a field, such as totalAmount: [应收金额(元)]"},
	"manual.file.statements":       {"对账单的版式,见 reconciliation.md", "layouts of statements, see reconciliation.md"},
	"manual.file.fees":             {"手续费率,用来核对对账单,见 reconciliation.md", "rates of fees, to check statements by, see reconciliation.md"},
	"manual.file.holidays":         {"银行休息日和调休的工作日,见 reconciliation.md", "days on which banks rest, and days made up for, see reconciliation.md"},
}
