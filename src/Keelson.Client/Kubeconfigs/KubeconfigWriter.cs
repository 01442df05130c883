using System.Text;

namespace Keelson.Client.Kubeconfigs;

/// <summary>Writes kubeconfigs as YAML, keys in the order of upstream's writer.</summary>
public static class KubeconfigWriter
{
    /// <summary>The file's text. Certificates and keys are embedded.</summary>
    public static string Write(Kubeconfig kubeconfig)
    {
        var text = new StringBuilder("apiVersion: v1\n");
        WriteList(text, "clusters", kubeconfig.Clusters, "cluster", nameFirst: false, ClusterFields);
        WriteList(text, "contexts", kubeconfig.Contexts, "context", nameFirst: false, ContextFields);
        text.Append("current-context: ").Append(Quote(kubeconfig.CurrentContext)).Append('\n');
        text.Append("kind: Config\n");
        WriteList(text, "users", kubeconfig.Users, "user", nameFirst: true, UserFields);
        return text.ToString();
    }

    private static IEnumerable<(string Key, string? Value)> ClusterFields(KubeconfigCluster cluster) =>
    [
        ("certificate-authority-data", Base64(cluster.CertificateAuthorityPem)),
        ("insecure-skip-tls-verify", cluster.InsecureSkipTlsVerify ? "true" : null),
        ("proxy-url", QuoteOrNull(cluster.ProxyUrl)),
        ("server", Quote(cluster.Server)),
        ("tls-server-name", QuoteOrNull(cluster.TlsServerName)),
    ];

    private static IEnumerable<(string Key, string? Value)> ContextFields(KubeconfigContext context) =>
    [
        ("cluster", Quote(context.Cluster)),
        ("namespace", context.Namespace.Length == 0 ? null : Quote(context.Namespace)),
        ("user", Quote(context.User)),
    ];

    private static IEnumerable<(string Key, string? Value)> UserFields(KubeconfigUser user) =>
    [
        ("as", QuoteOrNull(user.ImpersonateUser)),
        ("client-certificate", QuoteOrNull(user.ClientCertificateFile)),
        ("client-certificate-data", user.ClientCertificateFile is null ? Base64(user.ClientCertificatePem) : null),
        ("client-key", QuoteOrNull(user.ClientKeyFile)),
        ("client-key-data", user.ClientKeyFile is null ? Base64(user.ClientKeyPem) : null),
        ("password", QuoteOrNull(user.Password)),
        ("token", QuoteOrNull(user.Token)),
        ("tokenFile", QuoteOrNull(user.TokenFile)),
        ("username", QuoteOrNull(user.Username)),
    ];

    private static void WriteList<T>(
        StringBuilder text, string listKey, IReadOnlyDictionary<string, T> items, string itemKey, bool nameFirst,
        Func<T, IEnumerable<(string Key, string? Value)>> fieldsOf)
    {
        if (items.Count == 0)
        {
            text.Append(listKey).Append(": []\n");
            return;
        }
        text.Append(listKey).Append(":\n");
        foreach (var (name, item) in items)
        {
            var fields = fieldsOf(item).Where(field => field.Value is not null).ToList();
            text.Append("- ");
            if (nameFirst)
            {
                text.Append("name: ").Append(Quote(name)).Append("\n  ");
            }
            text.Append(itemKey).Append(fields.Count == 0 ? ": {}\n" : ":\n");
            foreach (var (key, value) in fields)
            {
                text.Append("    ").Append(key).Append(": ").Append(value).Append('\n');
            }
            if (!nameFirst)
            {
                text.Append("  name: ").Append(Quote(name)).Append('\n');
            }
        }
    }

    private static string? Base64(string? pem) =>
        pem is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));

    private static string? QuoteOrNull(string? value) => value is null ? null : Quote(value);

    // Plain when every YAML reader takes it for a string: a letter first, then letters, digits and marks that can't
    // open a comment or a mapping. Words that older readers take for booleans or null are quoted.
    private static string Quote(string value)
    {
        var plain = value.Length > 0 && char.IsAsciiLetter(value[0]) && value[^1] != ':'
            && value.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:@".Contains(c))
            && value.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off"
                or "y" or "n");
        if (plain)
        {
            return value;
        }
        var quoted = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append(@"\\"),
                < ' ' => quoted.Append("\\x").Append(((int)c).ToString("x2")),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    }
}
