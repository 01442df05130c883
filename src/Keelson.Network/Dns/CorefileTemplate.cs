namespace Keelson.Network.Dns;

/// <summary>Reads the plugin template.</summary>
internal static class CorefileTemplate
{
    /// <summary>A template; null for one of a class that is not served.</summary>
    public static DnsTemplate? Read(CorefileLine plugin, string[] zones)
    {
        if (plugin.Arguments is not [{ } @class, { } kind, ..])
        {
            throw plugin.WrongCount();
        }

        string[] named = [.. plugin.Arguments.Skip(2)];
        if (@class is not ("IN" or "ANY" or "CH" or "CS" or "HS" or "NONE"))
        {
            throw plugin.Wrong($"invalid query class {@class}");
        }

        if (!DnsNames.Types.TryGetValue(kind, out ushort type))
        {
            throw plugin.Wrong($"invalid RR class {kind}");
        }

        List<GoPattern> patterns = [];
        List<DnsTemplateRecord> records = [];
        int code = DnsCode.NoError;
        IReadOnlyList<string>? fallsThrough = null;
        foreach (CorefileLine line in plugin.Lines)
        {
            if (line.Arguments.Count == 0 && line.Name is not ("fallthrough" or "upstream"))
            {
                throw line.WrongCount();
            }

            switch (line.Name)
            {
                case "match":
                    patterns.AddRange(line.Arguments.Select(one => Pattern(line, one)));
                    break;
                case "answer" or "additional" or "authority":
                    records.AddRange(line.Arguments.Select(one => Record(line, one)));
                    break;
                case "rcode":
                    code = DnsNames.Codes.TryGetValue(line.Arguments[0], out int known) ? known
                        : throw line.Wrong($"unknown rcode {line.Arguments[0]}");
                    break;
                case "fallthrough":
                    fallsThrough = CorefileNames.ZonesOf(line);
                    break;
                case "ederror" or "upstream":
                    break;
                default:
                    throw line.WrongCount();
            }
        }

        if (code == DnsCode.NoError && !records.Any(static one => one.Section != "additional"))
        {
            throw plugin.Wrong("no answer section for template found");
        }

        return @class is not ("IN" or "ANY") ? null : new()
        {
            Type = type,
            Zones = named.Length > 0 ? [.. named.Select(CorefileSettings.Name)] : zones,
            Patterns = patterns.Count > 0 ? patterns : [GoPattern.Parse(".*")],
            Records = records,
            Code = code,
            FallsThrough = fallsThrough,
        };
    }

    private static GoPattern Pattern(CorefileLine line, string text)
    {
        try
        {
            return GoPattern.Parse(text);
        }
        catch (FormatException exception)
        {
            throw line.Wrong($"could not parse regex: {text}, {exception.Message}");
        }
    }

    private static DnsTemplateRecord Record(CorefileLine line, string text)
    {
        try
        {
            return new(line.Name, text, GoTemplate.Parse(text));
        }
        catch (FormatException exception)
        {
            throw line.Wrong($"could not compile template: {text}, template: {line.Name}:1: {exception.Message}");
        }
    }
}
