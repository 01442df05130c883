using System.Globalization;

namespace Keelson.Simulation;

/// <summary>What a script finds around it.</summary>
/// <param name="Variable">The value of a variable; null when it is not set.</param>
/// <param name="Exists">Whether a file exists.</param>
internal sealed record ScriptSurroundings(Func<string, string?> Variable, Func<string, bool> Exists)
{
    /// <summary>No variables and no files.</summary>
    public static ScriptSurroundings None { get; } = new(static _ => null, static _ => false);
}

/// <summary>
/// Follows a shell script without running anything: what it takes, prints, touches, and how it exits. Sequences,
/// <c>&amp;&amp;</c>, <c>||</c>, <c>if</c>, groups, variables and arithmetic are understood; of loops only that they
/// are endless.
/// </summary>
internal sealed class ShellScript(ScriptSurroundings surroundings)
{
    private static readonly string[] Ends = ["then", "elif", "else", "fi", "do", "done", "}", ")"];
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private List<ShellWord> _words = [];
    private int _at;

    /// <summary>How long what was followed so far takes.</summary>
    public TimeSpan Took { get; private set; }

    /// <summary>True when it goes on until it is stopped.</summary>
    public bool IsEndless { get; private set; }

    /// <summary>True when it exits by itself when it is asked to stop.</summary>
    public bool IsTrapped { get; private set; }

    /// <summary>The exit code of the last command.</summary>
    public int ExitCode { get; private set; }

    /// <summary>What it prints.</summary>
    public List<string> Output { get; } = [];

    /// <summary>The files it makes.</summary>
    public HashSet<string> Touched { get; } = new(StringComparer.Ordinal);

    private bool HasExited { get; set; }

    private bool IsOver => HasExited || IsEndless;

    private ShellWord? Next => _at < _words.Count ? _words[_at] : null;

    /// <summary>Follows a script; false when it has a command that is not understood.</summary>
    public bool Follow(string text)
    {
        if (!ShellWord.TryRead(text, out _words))
        {
            return false;
        }

        _at = 0;
        return List(runs: true) && Next is null;
    }

    /// <summary>Follows one command, given by its words as they are.</summary>
    public bool Follow(IReadOnlyList<string> words) => Command(words);

    private bool List(bool runs)
    {
        while (Next is { } next && !(next.IsPlain && Ends.Contains(next.Text)))
        {
            if (next.IsOperator(";"))
            {
                _at++;
            }
            else if (!AndOr(runs && !IsOver))
            {
                return false;
            }
        }

        return true;
    }

    private bool AndOr(bool runs)
    {
        if (!Part(runs))
        {
            return false;
        }

        while (Next is { } next && (next.IsOperator("&&") || next.IsOperator("||")))
        {
            _at++;
            bool wanted = next.Text == "&&" ? ExitCode == 0 : ExitCode != 0;
            if (!Part(runs && wanted && !IsOver))
            {
                return false;
            }
        }

        return true;
    }

    private bool Part(bool runs)
    {
        switch (Next)
        {
            case null:
                return false;
            case { IsPlain: true, Text: "if" }:
                _at++;
                return If(runs);
            case { IsPlain: true, Text: "while" or "until" }:
                _at++;
                return Loop(runs);
            case { IsPlain: true, Text: "!" }:
                _at++;
                if (!Part(runs))
                {
                    return false;
                }

                ExitCode = runs && !IsOver ? ExitCode == 0 ? 1 : 0 : ExitCode;
                return true;
            case { IsPlain: true, Text: "{" or "(" }:
                _at++;
                return List(runs) && Take("}", ")");
            default:
                return Simple(runs);
        }
    }

    private bool If(bool runs)
    {
        bool done = false;
        while (true)
        {
            if (!List(runs && !done) || !Take("then"))
            {
                return false;
            }

            bool holds = runs && !done && !IsOver && ExitCode == 0;
            if (!List(holds))
            {
                return false;
            }

            done |= holds;
            if (Take("elif"))
            {
                continue;
            }

            return (!Take("else") || List(runs && !done && !IsOver)) && Take("fi");
        }
    }

    /// <summary>A loop whose condition holds is one that goes on; what it prints the first time is seen.</summary>
    private bool Loop(bool runs)
    {
        bool isUntil = _words[_at - 1].Text == "until";
        if (!List(runs) || !Take("do"))
        {
            return false;
        }

        bool goesOn = runs && !IsOver && ExitCode == 0 != isUntil;
        int depth = 1;
        while (depth > 0 && Next is { } next)
        {
            depth += next is { IsPlain: true, Text: "do" } ? 1 : next is { IsPlain: true, Text: "done" } ? -1 : 0;
            _at++;
        }

        IsEndless |= goesOn;
        return depth == 0;
    }

    private bool Take(params ReadOnlySpan<string> texts)
    {
        if (Next is { IsPlain: true } next && texts.Contains(next.Text))
        {
            _at++;
            return true;
        }

        return false;
    }

    private bool Simple(bool runs)
    {
        List<string> words = [];
        while (Next is { } next && !next.IsSeparator && !(next.IsPlain && next.Text is "}" or ")"))
        {
            _at++;
            if (next.IsOperator(">") || next.IsOperator(">>"))
            {
                if (Next is { } file && runs)
                {
                    Touched.Add(file.Expand(Value));
                }

                _at++;
                continue;
            }

            string word = next.Expand(Value);
            if (word.Length > 0 || next.IsQuoted)
            {
                words.Add(word);
            }
        }

        return !runs || words.Count == 0 || Command(words);
    }

    private string Value(string name) =>
        name == "?" ? ExitCode.ToString(CultureInfo.InvariantCulture)
        : _variables.TryGetValue(name, out string? value) ? value
        : surroundings.Variable(name) ?? "";

    /// <summary>Follows one command; false when it is not understood.</summary>
    private bool Command(IReadOnlyList<string> words)
    {
        string name = words[0][(words[0].LastIndexOf('/') + 1)..];
        if (name.Split('=') is [{ Length: > 0 } variable, _] && words.Count == 1)
        {
            _variables[variable] = words[0][(words[0].IndexOf('=') + 1)..];
            return true;
        }

        switch (name)
        {
            case "true" or ":" or "date" or "mkdir" or "ls" or "env" or "hostname" or "set" or "export" or "cat":
                ExitCode = 0;
                return true;
            case "touch":
                Touched.UnionWith(words.Skip(1));
                ExitCode = 0;
                return true;
            case "trap":
                IsTrapped = true;
                ExitCode = 0;
                return true;
            case "false":
                ExitCode = 1;
                return true;
            case "exit":
                ExitCode = words.Count > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out int code)
                    ? code & 255
                    : ExitCode;
                HasExited = true;
                return true;
            case "echo":
                Output.Add(string.Join(' ', words.Skip(1)));
                ExitCode = 0;
                return true;
            case "test" or "[" or "[[":
                ExitCode = Test([.. words.Skip(1).Where(static one => one is not ("]" or "]]"))]) ? 0 : 1;
                return true;
            case "sleep" when words.Count > 1:
                return Sleep(words[1]);
            case "pause":
                (IsEndless, IsTrapped) = (true, true);
                return true;
            default:
                return false;
        }
    }

    private bool Test(string[] words) => words switch
    {
        ["!", .. var rest] => !Test(rest),
        ["-e" or "-f" or "-r" or "-s" or "-d", var file] => Touched.Contains(file) || surroundings.Exists(file),
        ["-z", var text] => text.Length == 0,
        ["-n", var text] => text.Length > 0,
        [var text] => text.Length > 0,
        [var left, "=" or "==", var right] => left == right,
        [var left, "!=", var right] => left != right,
        [var left, var comparison, var right] when long.TryParse(left, CultureInfo.InvariantCulture, out long a)
            && long.TryParse(right, CultureInfo.InvariantCulture, out long b) => comparison switch
            {
                "-eq" => a == b,
                "-ne" => a != b,
                "-lt" => a < b,
                "-le" => a <= b,
                "-gt" => a > b,
                "-ge" => a >= b,
                _ => false,
            },
        _ => false,
    };

    private bool Sleep(string text)
    {
        ExitCode = 0;
        if (text is "infinity" or "inf")
        {
            IsEndless = true;
            return true;
        }

        int unit = text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => 0,
        };
        string number = unit == 0 ? text : text[..^1];
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
        {
            return false;
        }

        Took += TimeSpan.FromSeconds(Math.Min(seconds * Math.Max(unit, 1), TimeSpan.FromDays(3650).TotalSeconds));
        return true;
    }
}
