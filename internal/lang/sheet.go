package lang

// sheetTexts: why a file cannot be read as a table.
var sheetTexts = Texts{
	"sheet.lockfile":           {"这是 Excel 打开文件时的临时文件", "this is the temporary file that Excel makes while a file is open"},
	"sheet.lockfile.mend":      {"选择不以 ~$ 开头的文件", "choose the file whose name does not begin with ~$"},
	"sheet.empty":              {"文件是空的", "the file is empty"},
	"sheet.empty.mend":         {"检查文件是否传完整", "was it transferred completely?"},
	"sheet.ole":                {"这是旧的 .xls 文件,或有打开密码的文件", "this is an old .xls file, or one with a password"},
	"sheet.ole.mend":           {"在 Excel 或 WPS 中去掉密码,另存为 .xlsx", "open it in Excel or WPS, remove the password, and save it as .xlsx"},
	"sheet.html":               {"这是网页或 XML,不是表格", "this is a web page or XML, whatever its name says"},
	"sheet.html.mend":          {"在 Excel 或 WPS 中打开,另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"},
	"sheet.other":              {"这不是 .xlsx 或 .csv 表格", "this is not an .xlsx or .csv table"},
	"sheet.other.mend":         {"在 Excel 或 WPS 中另存为 .xlsx", "save it as .xlsx in Excel or WPS"},
	"sheet.damaged":            {"文件已损坏:%s:%s", "the file is damaged: %s: %s"},
	"sheet.damaged.mend":       {"重新取得文件,或在 Excel、WPS 中打开后另存", "get it again, or open it in Excel or WPS and save it"},
	"sheet.toolarge":           {"文件解开后过大", "the file is too large when it is unpacked"},
	"sheet.toolarge.mend":      {"拆成几个文件", "split it"},
	"sheet.columns":            {"表格超过 %s 列", "the table has more than %s columns"},
	"sheet.columns.mend":       {"删去右侧多余的列后另存", "delete the columns on the right that are not needed, and save it"},
	"sheet.date1904":           {"工作簿使用 1904 日期系统,日期会差四年", "the workbook counts its dates from 1904: they would be four years off"},
	"sheet.date1904.mend":      {"在 Excel 选项中取消“1904 日期系统”,核对日期后另存", "turn that off in Excel's options, check the dates, and save it"},
	"sheet.encoding":           {"文字编码无法确定或有损坏的字符", "the encoding cannot be made out, or there are damaged characters"},
	"sheet.encoding.mend":      {"另存为 .xlsx 或“CSV UTF-8”,或用 --encoding 指定", "save it as .xlsx or as CSV UTF-8, or say which with --encoding"},
	"sheet.encoding.name":      {"不支持编码 %s", "the encoding %s is not supported"},
	"sheet.encoding.name.mend": {"utf-8、gb18030 或 utf-16", "utf-8, gb18030 or utf-16"},
	"sheet.csv":                {"第 %s 行的引号或格式有误:%s", "line %s has a misplaced quote: %s"},
	"sheet.csv.mend":           {"检查这一行的引号", "check that line's quotes"},
}
