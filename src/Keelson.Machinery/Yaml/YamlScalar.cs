using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Keelson.Machinery.Trees;
using Keelson.Machinery.Wire;

namespace Keelson.Machinery.Yaml;

/// <summary>
/// What a plain YAML scalar means, by the rules of YAML 1.1 as the Go library upstream uses has them: y, on and off are
/// booleans, a leading zero means octal, timestamps stay texts.
/// </summary>
internal static partial class YamlScalar
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>The value of a scalar. <paramref name="tag"/> is its full tag, empty for none.</summary>
    /// <exception cref="DecodeException">The text is not what its tag says.</exception>
    public static Tree Resolve(string text, string tag)
    {
        string type = tag.StartsWith(TagPrefix, StringComparison.Ordinal) ? tag[TagPrefix.Length..] : tag;
        switch (type)
        {
            case "":
                return ResolvePlain(text, withTimestamps: true);
            case "binary":
                return new TextTree(FromBase64(text));
            case "bool" or "int" or "float" or "null" or "timestamp":
                Tree found = ResolvePlain(text, withTimestamps: type == "timestamp");
                return Convert(found, type, text);
            default:
                return new TextTree(text);
        }
    }

    /// <summary>True when the text, written without quotes, would be read back as itself.</summary>
    public static bool IsPlainText(string text) =>
        ResolvePlain(text, withTimestamps: false) is TextTree && !IsTimestamp(text) && !Base60Float().IsMatch(text)
            && text != "<<";

    private static Tree ResolvePlain(string text, bool withTimestamps)
    {
        switch (text)
        {
            case "y" or "Y" or "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return BoolTree.True;
            case "n" or "N" or "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return BoolTree.False;
            case "" or "~" or "null" or "Null" or "NULL":
                return NullTree.Instance;
            case ".nan" or ".NaN" or ".NAN":
                return new FloatTree(double.NaN);
            case ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF":
                return new FloatTree(double.PositiveInfinity);
            case "-.inf" or "-.Inf" or "-.INF":
                return new FloatTree(double.NegativeInfinity);
        }

        char first = text[0];
        if (first == '.')
        {
            return DotFloat().IsMatch(text) ? Float(text) : new TextTree(text);
        }

        if (!char.IsAsciiDigit(first) && first is not ('+' or '-'))
        {
            return new TextTree(text);
        }

        return withTimestamps && IsTimestamp(text) ? new TextTree(text) : Number(text);
    }

    private static Tree Number(string text)
    {
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        if (TryInteger(plain, out BigInteger whole))
        {
            if (whole >= long.MinValue && whole <= long.MaxValue)
            {
                return IntegerTree.Of((long)whole);
            }

            // Go knows unsigned numbers of 64 bits too; JSON then makes a float of them.
            if (whole.Sign > 0 && whole <= ulong.MaxValue)
            {
                return new FloatTree((double)whole);
            }
        }

        return FloatForm().IsMatch(plain) ? Float(plain) : new TextTree(text);
    }

    /// <summary>Go's ParseInt with base 0: 0x, 0o and 0b prefixes, and a leading zero for octal.</summary>
    private static bool TryInteger(string text, out BigInteger value)
    {
        value = default;
        bool negative = text.StartsWith('-');
        ReadOnlySpan<char> digits = text.AsSpan(negative || text.StartsWith('+') ? 1 : 0);
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            radix = char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'b' => 2, _ => 8 };
            digits = digits[(radix == 8 && char.ToLowerInvariant(digits[1]) != 'o' ? 1 : 2)..];
        }

        // 64 bits are 64 digits at most, in base 2.
        if (digits.Length is 0 or > 70)
        {
            return false;
        }

        foreach (char one in digits)
        {
            int digit = char.IsAsciiHexDigit(one) ? System.Convert.ToInt32(one.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            value = (value * radix) + digit;
        }

        value = negative ? -value : value;
        return true;
    }

    private static Tree Float(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        && double.IsFinite(value) ? new FloatTree(value) : new TextTree(text);

    private static Tree Convert(Tree found, string type, string text)
    {
        string kind = found switch
        {
            BoolTree => "bool",
            NullTree => "null",
            IntegerTree => "int",
            FloatTree => "float",
            _ when IsTimestamp(text) => "timestamp",
            _ => "str",
        };
        if (kind == type || (type == "float" && kind == "int"))
        {
            return found is IntegerTree whole && type == "float" ? new FloatTree(whole.Value) : found;
        }

        throw new DecodeException($"yaml: cannot decode !!{kind} `{text}` as a !!{type}");
    }

    private static string FromBase64(string text)
    {
        byte[] buffer = new byte[text.Length];
        if (!System.Convert.TryFromBase64String(text, buffer, out int written))
        {
            throw new DecodeException("yaml: !!binary value contains invalid base64 data");
        }

        return Encoding.UTF8.GetString(buffer, 0, written);
    }

    private static bool IsTimestamp(string text) =>
        text.Length >= 8 && char.IsAsciiDigit(text[0]) && Timestamp().IsMatch(text)
        && DateTime.TryParse(text.Split(' ', 't', 'T')[0], CultureInfo.InvariantCulture, out _);

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex FloatForm();

    [GeneratedRegex(@"^\.[0-9]+([eE][-+]?[0-9]+)?\z")]
    private static partial Regex DotFloat();

    [GeneratedRegex(@"^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\z")]
    private static partial Regex Base60Float();

    [GeneratedRegex(
        @"^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(([Tt]|\s+)[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(\.[0-9]*)?"
        + @"(\s*(Z|[-+][0-9]{1,2}:[0-9]{2}))?)?\z")]
    private static partial Regex Timestamp();
}
