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

	"manual.file.app-id":             {"网关分配的 appId;环境变量 UMS_APP_ID 优先", "the appId that UMS assigned; UMS_APP_ID comes before it"},
	"manual.file.app-key-file":       {"存放 appKey 的文件,只有本人可读(600);环境变量 UMS_APP_KEY 优先", "the file that holds the appKey, mode 600; UMS_APP_KEY comes before it"},
	"manual.file.notify-secret-file": {"存放钉钉、飞书群机器人“加签”密钥的文件,只有本人可读(600);环境变量 BATCHCOMPLETE_NOTIFY_SECRET 优先", "the file that holds the secret by which messages to a DingTalk or Feishu robot are signed, mode 600; BATCHCOMPLETE_NOTIFY_SECRET comes before it"},
	"manual.file.prod-url":           {"生产环境的另一个地址(https),只能写在这里;不写即为银联商务的", "another https address for production, which can stand nowhere else; without it, UMS's own"},
	"manual.file.require-approval":   {"true:run 和 retry 只发送另一人复核过的批次", "true: run and retry send only what a second person has released"},
	"manual.file.columns":            {"字段在您的表格里的表头,如 totalAmount: [应收金额(元)]", "the headings that your spreadsheets have for a field, such as totalAmount: [应收金额(元)]"},
	"manual.file.statements":         {"对账单的版式,见 reconciliation.md", "layouts of statements, see reconciliation.md"},
	"manual.file.fees":               {"手续费率,用来核对对账单,见 reconciliation.md", "rates of fees, to check statements by, see reconciliation.md"},
	"manual.file.holidays":           {"银行休息日和调休的工作日,见 reconciliation.md", "days on which banks rest, and days made up for, see reconciliation.md"},
	"manual.file.profiles":           {"每个商户或 appId 一节,名字由 --profile 选择;只写与公共部分不同的项,检查点各用各的", "a section for each merchant or appId, chosen by its name with --profile; it has what differs from the common part, and a checkpoint of its own"},

	"manual.result.state":      {"状态,见上表", "the state, see the table above"},
	"manual.result.code":       {"没有完成的原因的代码;已完成的行为空", "the code of why it is not completed; empty for completed rows"},
	"manual.result.message":    {"代码的意思,冒号后面是网关的原话;表格有错的行写明单元格和错误", "what the code means, with the gateway's own words behind the colon; of a row with mistakes, the cells and the mistakes"},
	"manual.result.advice":     {"您要做什么", "what to do"},
	"manual.result.settleDate": {"网关给的结算日期,从不推算", "the settle date that the gateway gave, never computed"},
	"manual.result.completed":  {"完成金额,元;只有已完成的行有", "what was completed, in yuan; completed rows only"},
	"manual.result.paid":       {"持卡人实付,元", "what the buyer paid, in yuan"},
	"manual.result.discount":   {"联盟优惠,元;完成金额 + 优惠 = 要求的金额", "the discount, in yuan; completed + discount = what was asked for"},
	"manual.result.paySeqId":   {"交易参考号,即对账单的检索号", "the reference number, which statements have too"},
	"manual.result.target":     {"银联商务平台的单号", "the platform's order number"},
	"manual.result.orderId":    {"完成订单号,由账单推出;重新发送(retry)换新的", "the completion's order id, made from the bill; a retry has a new one"},
	"manual.result.attempts":   {"发送了几次", "how many times it was sent"},
	"manual.result.updatedAt":  {"这一行最后一次变化,北京时间", "when the row last changed, Beijing time"},
}
