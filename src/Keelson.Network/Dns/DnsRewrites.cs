namespace Keelson.Network.Dns;

/// <summary>A question as rewrites have changed it, and how its answer is changed back.</summary>
internal sealed class DnsRewritten
{
    public required string Name { get; set; }

    public required ushort Type { get; set; }

    /// <summary>What is done to each record of the answer, in order.</summary>
    public List<Func<DnsRecord, DnsRecord>> Answers { get; } = [];

    /// <summary>Codes of answers that become others.</summary>
    public Dictionary<int, int> Codes { get; } = [];
}

/// <summary>A rule of CoreDNS' plugin rewrite.</summary>
/// <param name="Apply">Changes a question; false when the rule is not about it.</param>
/// <param name="Continues">True when the next rule is looked at after this one.</param>
internal sealed record DnsRewrite(Func<DnsRewritten, bool> Apply, bool Continues)
{
    private static readonly HashSet<string> Matches = ["exact", "prefix", "suffix", "substring", "regex"];

    /// <summary>Reads a rule.</summary>
    /// <param name="words">Its words, those of a block included.</param>
    /// <exception cref="FormatException">It is none, in CoreDNS' words.</exception>
    /// <exception cref="NotSupportedException">It is one that is not followed.</exception>
    public static DnsRewrite Read(IReadOnlyList<string> words)
    {
        bool hasMode = words.Count > 0 && words[0].ToLowerInvariant() is "continue" or "stop";
        bool continues = hasMode && words[0].Equals("continue", StringComparison.OrdinalIgnoreCase);
        string[] rest = [.. words.Skip(hasMode ? 1 : 0)];
        if (rest.Length == 0)
        {
            throw new FormatException("no rule type specified for rewrite");
        }

        string kind = rest[0].ToLowerInvariant();
        string[] arguments = rest[1..];
        return new(kind switch
        {
            "name" => Name(arguments),
            "type" => Type(arguments),
            "ttl" => Ttl(arguments),
            "rcode" => Code(arguments),
            "class" or "edns0" or "cname" => throw new NotSupportedException(),
            "answer" => throw new FormatException("response rewrites must begin with a name rule"),
            _ => throw new FormatException($"invalid rule type \"{rest[0]}\""),
        }, continues);
    }

    private static Func<DnsRewritten, bool> Name(string[] words)
    {
        if (words.Length < 2)
        {
            throw new FormatException("too few arguments for a name rule");
        }

        bool hasMatch = words.Length > 2 && Matches.Contains(words[0].ToLowerInvariant());
        if (words.Length == 3 && !hasMatch)
        {
            throw new FormatException("name rule supports only exact, prefix, suffix, substring, and regex name "
                + $"matching, received: {words[0].ToLowerInvariant()}");
        }

        string match = hasMatch ? words[0].ToLowerInvariant() : "exact";
        string[] rest = hasMatch ? words[1..] : words;
        Func<string, string?> rename = Renaming(match, rest[0], rest[1]);
        (bool isAuto, List<Func<DnsRecord, DnsRecord>> answers) = Answers(rest[2..]);
        return question =>
        {
            if (rename(question.Name) is not { } name)
            {
                return false;
            }

            string before = question.Name;
            question.Name = name;
            question.Answers.AddRange(answers);

            // What is said of the name that was looked for is said of the one that was asked for.
            question.Answers.Add(record => record.Owner == name ? record.OwnedBy(before) : record);
            if (isAuto || match == "exact")
            {
                question.Answers.Add(record => record.Target == name ? record.LeadingTo(before) : record);
            }

            return true;
        };
    }

    /// <summary>What is said of answers: <c>answer name FROM TO</c>, <c>answer value FROM TO</c>,
    /// <c>answer auto</c>.</summary>
    private static (bool IsAuto, List<Func<DnsRecord, DnsRecord>> Answers) Answers(ReadOnlySpan<string> words)
    {
        bool isAuto = false;
        List<Func<DnsRecord, DnsRecord>> answers = [];
        while (words.Length > 0)
        {
            if (words is ["answer", "auto" or "question", ..])
            {
                isAuto = true;
                words = words[2..];
            }
            else if (words is ["answer", "name" or "value", { } from, { } to, ..])
            {
                bool isValue = words[1] == "value";
                GoPattern pattern = Pattern(from, to);
                answers.Add(record => Changed(record, isValue, pattern, Part(to)));
                words = words[4..];
            }
            else
            {
                throw new FormatException("response rewrites must consist only of a name rule with 3 arguments and an "
                    + "answer rule with 3 arguments");
            }
        }

        return (isAuto, answers);
    }

    private static DnsRecord Changed(DnsRecord record, bool isValue, GoPattern pattern, string to)
    {
        string? text = isValue ? record.Target : record.Owner;
        if (string.IsNullOrEmpty(text) || pattern.Match(text + ".") is not { } groups)
        {
            return record;
        }

        string name = GoPattern.Fill(to, groups).TrimEnd('.').ToLowerInvariant();
        return isValue ? record.LeadingTo(name) : record.OwnedBy(name);
    }

    private static Func<DnsRewritten, bool> Type(string[] words)
    {
        if (words.Length != 2)
        {
            throw new FormatException("type rules must have exactly two arguments");
        }

        ushort from = TypeOf(words[0]);
        ushort to = TypeOf(words[1]);
        return question =>
        {
            bool isMeant = question.Type == from;
            question.Type = isMeant ? to : question.Type;
            return isMeant;
        };
    }

    private static ushort TypeOf(string text) => DnsNames.Types.TryGetValue(text, out ushort type) ? type
        : throw new FormatException($"invalid type \"{text}\"");

    private static Func<DnsRewritten, bool> Ttl(string[] words)
    {
        Func<string, string?> matches = Matching(words, 2, "ttl");
        string[] range = words[^1].Split('-');
        uint least = SecondsOf(range[0]);
        uint most = range.Length > 1 && range[1].Length > 0 ? SecondsOf(range[1])
            : range.Length > 1 ? uint.MaxValue : least;
        return question =>
        {
            bool isMeant = matches(question.Name) is not null;
            if (isMeant)
            {
                question.Answers.Add(record => record with { Ttl = Math.Clamp(record.Ttl ?? 0, least, most) });
            }

            return isMeant;
        };

        uint SecondsOf(string text) => text.Length == 0 && range.Length > 1 ? 0
            : uint.TryParse(text, out uint seconds) && seconds <= int.MaxValue ? seconds
            : throw new FormatException($"invalid TTL '{text}' for a ttl rule");
    }

    private static Func<DnsRewritten, bool> Code(string[] words)
    {
        Func<string, string?> matches = Matching(words, 3, "rcode");
        int from = CodeOf(words[^2]);
        int to = CodeOf(words[^1]);
        return question =>
        {
            bool isMeant = matches(question.Name) is not null;
            if (isMeant)
            {
                question.Codes[from] = to;
            }

            return isMeant;
        };

        static int CodeOf(string text) => DnsNames.Codes.TryGetValue(text.ToUpperInvariant(), out int code) ? code
            : int.TryParse(text, out int number) && number is >= 0 and < 16 ? number
            : throw new FormatException($"invalid rcode '{text}'");
    }

    /// <summary>The names that a rule is about which changes no name.</summary>
    private static Func<string, string?> Matching(string[] words, int count, string kind)
    {
        if (words.Length < count)
        {
            throw new FormatException($"too few arguments for a {kind} rule");
        }

        bool hasMatch = words.Length == count + 1 && Matches.Contains(words[0].ToLowerInvariant());
        return hasMatch || words.Length == count
            ? Renaming(hasMatch ? words[0].ToLowerInvariant() : "exact", words[hasMatch ? 1 : 0], "")
            : throw new FormatException($"exceeded the number of arguments for a non-regex {kind} rule");
    }

    /// <summary>The name that another one becomes; null for names that are not meant.</summary>
    private static Func<string, string?> Renaming(string match, string from, string to)
    {
        string part = Part(from);
        string other = Part(to);
        switch (match)
        {
            case "exact":
                return name => name == part ? other : null;
            case "prefix":
                return name => name.StartsWith(part, StringComparison.Ordinal) ? other + name[part.Length..] : null;
            case "suffix":
                return name => name.EndsWith(part, StringComparison.Ordinal) ? name[..^part.Length] + other : null;
            case "substring":
                return name => name.Contains(part, StringComparison.Ordinal)
                    ? name.Replace(part, other, StringComparison.Ordinal) : null;
            default:
                GoPattern pattern = Pattern(from, to);
                return name => pattern.Match(name + ".") is { } groups
                    ? GoPattern.Fill(to, groups).TrimEnd('.').ToLowerInvariant() : null;
        }
    }

    private static GoPattern Pattern(string from, string to)
    {
        GoPattern pattern;
        try
        {
            pattern = GoPattern.Parse(from);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid regex matching pattern: {from}");
        }

        int used = Enumerable.Range(0, 100).Count(i => to.Contains($"{{{i}}}", StringComparison.Ordinal));
        return used <= pattern.Names.Count ? pattern
            : throw new FormatException($"the rewrite regex pattern ({to}) uses more subexpressions than its "
                + $"corresponding matching regex pattern ({from})");
    }

    /// <summary>A part of a name: names have no dot at their end here.</summary>
    private static string Part(string text) => text.Length > 1 ? text.TrimEnd('.').ToLowerInvariant() : text;
}
