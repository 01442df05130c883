namespace Keelson.Network.Dns;

/// <summary>Reads the plugin acl.</summary>
internal static class CorefileAccess
{
    /// <summary>A rule.</summary>
    public static DnsAccess Read(CorefileLine plugin, string[] zones, CorefileFiles files) => new(
        plugin.Arguments.Count > 0 ? [.. plugin.Arguments.Select(CorefileSettings.Name)] : zones,
        [.. plugin.Lines.Select(line => Policy(line, files))]);

    private static DnsAccessPolicy Policy(CorefileLine line, CorefileFiles files)
    {
        DnsAccessAction action = line.Name.ToLowerInvariant() switch
        {
            "allow" => DnsAccessAction.Allow,
            "block" => DnsAccessAction.Block,
            "filter" => DnsAccessAction.Filter,
            "drop" => DnsAccessAction.Drop,
            _ => throw line.Wrong($"unexpected token \"{line.Name}\"; expect 'allow', 'block', 'filter' or 'drop'"),
        };
        HashSet<ushort> types = [];
        List<AddressRange> sources = [];
        (bool allTypes, bool allSources) = (false, false);
        string section = "";
        int count = 1;
        foreach (string word in line.Arguments)
        {
            if (word.ToLowerInvariant() is "type" or "net" or "file")
            {
                Complete();
                (section, count) = (word.ToLowerInvariant(), 0);
                continue;
            }

            count++;
            switch (section)
            {
                case "type":
                    allTypes |= word == "*";
                    types.Add(word == "*" ? (ushort)0
                        : DnsNames.Types.TryGetValue(word, out ushort type) ? type
                        : throw line.Wrong($"unexpected token \"{word}\"; expect legal QTYPE"));
                    break;
                case "net" or "file":
                    allSources |= section == "net" && word == "*";
                    sources.AddRange(Ranges(line, section, word, files));
                    break;
                default:
                    throw line.Wrong($"unexpected token \"{word}\"; expect 'type | net | file'");
            }
        }

        Complete();
        return new(action, allTypes ? [] : types, allSources ? [] : sources);

        void Complete()
        {
            if (count == 0)
            {
                throw line.Wrong($"no token specified in \"{section}\" section");
            }
        }
    }

    private static IEnumerable<AddressRange> Ranges(
        CorefileLine line, string section, string word, CorefileFiles files)
    {
        IEnumerable<string> texts = section == "net" ? word == "*" ? [] : [word]
            : (files.Find(word) ?? throw line.Wrong($"unable to load networks from local file: open {word}: no such "
                + "file or directory")).Split('\n').Select(static one => one.Split('#')[0].Trim())
                .Where(static one => one.Length > 0);
        return texts.Select(one => AddressRange.TryParse(one, out AddressRange range) ? range
            : throw line.Wrong($"illegal CIDR notation \"{one}\""));
    }
}
