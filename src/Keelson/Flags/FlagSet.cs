using System.Text;
using Keelson.Machinery.Validation;

namespace Keelson.Flags;

/// <summary>
/// The flags of a program, in the sections that its help shows, and a parser with the habits of Go's programs:
/// <c>--flag=value</c>, <c>--flag value</c>, switches that need no value and take none but after an equals sign, and
/// underscores for hyphens.
/// </summary>
internal sealed class FlagSet
{
    private readonly Dictionary<string, Flag> _flags = new(StringComparer.Ordinal);
    private readonly List<FlagSection> _sections = [];

    /// <summary>All flags by name.</summary>
    public IEnumerable<Flag> All => _flags.Values.OrderBy(flag => flag.Name, StringComparer.Ordinal);

    /// <summary>Whether help was asked for.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>What to tell about flags that were used although they are deprecated.</summary>
    public IEnumerable<string> Notices => All.Where(flag => flag is { IsSet: true, Deprecation: not null })
        .Select(flag => $"Flag --{flag.Name} has been deprecated, {flag.Deprecation}");

    /// <summary>How many arguments stand before <c>--</c>; null when it is not there.</summary>
    public int? DashAt { get; private set; }

    /// <summary>A new section; its flags come in the order of help. A name that is empty needs no heading.</summary>
    public FlagSection Section(string name)
    {
        FlagSection section = new(this, name);
        _sections.Add(section);
        return section;
    }

    /// <summary>Adds a flag.</summary>
    public void Add(Flag flag) => _flags.Add(flag.Name, flag);

    /// <summary>Reads a command line.</summary>
    /// <returns>What is no flag.</returns>
    /// <exception cref="FlagException">A flag is not known, or a value not right.</exception>
    public IReadOnlyList<string> Parse(IReadOnlyList<string> arguments)
    {
        List<string> others = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                DashAt = others.Count;
                others.AddRange(arguments.Skip(i + 1));
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                others.Add(argument);
                continue;
            }

            bool isLong = argument.StartsWith("--", StringComparison.Ordinal);
            argument = isLong ? argument : SetSwitches(argument);
            (Flag Flag, string? Value)? found = isLong ? FindLong(argument) : FindLetter(argument);
            if (found is not ({ } flag, var value))
            {
                WantsHelp = true;
                continue;
            }

            value ??= flag.BareValue;
            if (value is null && ++i == arguments.Count)
            {
                throw new FlagException(isLong
                    ? $"flag needs an argument: {argument}"
                    : $"flag needs an argument: '{argument[1]}' in {argument}");
            }

            flag.Set(value ?? arguments[i]);
        }

        return others;
    }

    /// <summary>The help of all sections.</summary>
    public string Help(int width)
    {
        StringBuilder text = new();
        foreach (FlagSection section in _sections.Where(static one => one.Flags.Count > 0))
        {
            text.Append(section.Name.Length == 0 ? "\nFlags:\n\n" : $"\n{section.Name} flags:\n\n");
            section.Flags.ForEach(flag => FlagHelp.Append(text, flag, width));
        }

        return text.ToString();
    }

    /// <summary>The flag of <c>--name</c> or <c>--name=value</c>; null for help.</summary>
    private (Flag, string?)? FindLong(string argument)
    {
        int equals = argument.IndexOf('=');
        string written = equals < 0 ? argument[2..] : argument[2..equals];
        if (written.Length == 0 || written[0] == '-')
        {
            throw new FlagException($"bad flag syntax: {argument}");
        }

        string name = written.Replace('_', '-');
        if (_flags.TryGetValue(name, out Flag? flag))
        {
            return (flag, equals < 0 ? null : argument[(equals + 1)..]);
        }

        return name == "help" ? null : throw new FlagException($"unknown flag: --{written}");
    }

    /// <summary>Sets the switches at the start of <c>-itn</c>; returns what is left: the last letter, with its
    /// value.</summary>
    private string SetSwitches(string argument)
    {
        while (argument.Length > 2 && argument[2] != '='
            && All.FirstOrDefault(flag => flag.Letter == argument[1]) is { BareValue: { } value } flag)
        {
            flag.Set(value);
            argument = "-" + argument[2..];
        }

        return argument;
    }

    /// <summary>The flag of <c>-v</c>, <c>-v=2</c> or <c>-v2</c>; null for help.</summary>
    private (Flag, string?)? FindLetter(string argument)
    {
        if (All.FirstOrDefault(flag => flag.Letter == argument[1]) is { } found)
        {
            string rest = argument[2..];
            return (found, rest.Length == 0 ? null : rest[0] == '=' ? rest[1..] : rest);
        }

        return argument[1] == 'h'
            ? null
            : throw new FlagException(
                $"unknown shorthand flag: {GoText.Quote(argument[1..2]).Replace('"', '\'')} in {argument}");
    }
}

/// <summary>A part of a program's flags. Each method declares one.</summary>
internal sealed class FlagSection(FlagSet set, string name)
{
    /// <summary>The heading in help.</summary>
    public string Name => name;

    /// <summary>The flags in the order declared.</summary>
    public List<Flag> Flags { get; } = [];

    /// <summary>A flag of any form.</summary>
    public Flag<T> Of<T>(string flag, FlagForm<T> form, T value, string usage) =>
        Add(new Flag<T>(flag, form, value, usage));

    /// <summary>A switch.</summary>
    public Flag<bool> Switch(string flag, bool value, string usage) =>
        Add(new Flag<bool>(flag, FlagForms.Truth, value, usage) { BareValue = "true" });

    /// <summary>A text.</summary>
    public Flag<string> Text(string flag, string value, string usage) => Of(flag, FlagForms.Text, value, usage);

    /// <summary>A list of texts.</summary>
    public Flag<IReadOnlyList<string>> Texts(string flag, string usage) => Of(flag, FlagForms.Texts, [], usage);

    /// <summary>A number.</summary>
    public Flag<int> Number(string flag, int value, string usage) => Of(flag, FlagForms.Number, value, usage);

    /// <summary>A port.</summary>
    public Flag<int> Port(string flag, int value, string usage) => Of(flag, FlagForms.Port, value, usage);

    /// <summary>A file or a directory; empty for none.</summary>
    public Flag<string> Path(string flag, string usage) => Of(flag, FlagForms.Path, "", usage);

    /// <summary>A duration.</summary>
    public Flag<TimeSpan> Duration(string flag, TimeSpan value, string usage) =>
        Of(flag, FlagForms.Duration, value, usage);

    /// <summary>Adds a flag that was made elsewhere.</summary>
    public Flag<T> Add<T>(Flag<T> flag)
    {
        set.Add(flag);
        Flags.Add(flag);
        return flag;
    }
}

/// <summary>How a flag looks in help.</summary>
internal static class FlagHelp
{
    private const int Indent = 6;
    private const int TextColumn = 16;

    /// <summary>The flag on a line, what it is for below.</summary>
    public static void Append(StringBuilder text, Flag flag, int width)
    {
        text.Append(flag.Letter is { } letter ? $"  -{letter}, " : new string(' ', Indent)).Append("--").Append(
            flag.Name);
        if (flag.TypeName.Length > 0)
        {
            text.Append(' ').Append(flag.TypeName);
        }

        if (flag.DefaultText.Length > 0)
        {
            text.Append($"     Default: {flag.DefaultText}");
        }

        text.Append('\n');
        int column = 0;
        foreach (string word in flag.Usage.Split(' '))
        {
            bool isFirst = column == 0;
            if (isFirst || column + word.Length + 1 > width)
            {
                text.Append(isFirst ? "" : "\n").Append(' ', TextColumn);
                column = TextColumn + word.Length;
            }
            else
            {
                text.Append(' ');
                column += word.Length + 1;
            }

            text.Append(word);
        }

        text.Append('\n');
    }
}
