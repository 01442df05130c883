using System.Text;
using Keelson.Machinery.Trees;

namespace Keelson.Printing;

/// <summary>JSON as kubectl prints it: fields by name, indented by four blanks.</summary>
internal static class JsonText
{
    private const int Indent = 4;

    public static string Of(Tree tree)
    {
        string compact = Encoding.UTF8.GetString(tree.ToJson(FieldOrder.Sorted));
        StringBuilder text = new(compact.Length * 2);
        int depth = 0;
        for (int at = 0; at < compact.Length; at++)
        {
            char one = compact[at];
            switch (one)
            {
                case '"':
                    int end = EndOfString(compact, at);
                    text.Append(compact, at, end - at);
                    at = end - 1;
                    break;
                case '{' or '[':
                    bool isEmpty = compact[at + 1] is '}' or ']';
                    text.Append(one);
                    if (isEmpty)
                    {
                        text.Append(compact[++at]);
                    }
                    else
                    {
                        NewLine(text, ++depth);
                    }

                    break;
                case '}' or ']':
                    NewLine(text, --depth);
                    text.Append(one);
                    break;
                case ',':
                    text.Append(one);
                    NewLine(text, depth);
                    break;
                default:
                    text.Append(one).Append(one == ':' ? " " : "");
                    break;
            }
        }

        return text.Append('\n').ToString();
    }

    private static int EndOfString(string text, int quote)
    {
        int at = quote + 1;
        while (text[at] != '"')
        {
            at += text[at] == '\\' ? 2 : 1;
        }

        return at + 1;
    }

    private static void NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth * Indent);
}
