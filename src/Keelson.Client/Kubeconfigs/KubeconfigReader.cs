using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Keelson.Client.Kubeconfigs;

/// <summary>Reads kubeconfigs. Certificates, keys and authorities that the file only points at are read too, from
/// paths relative to the file.</summary>
public static class KubeconfigReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="KubeconfigException">The file, or a file it points at, is missing or not as it should
    /// be; the message names it and the field.</exception>
    public static Kubeconfig ReadFile(string path)
    {
        var text = ReadText(path, path);
        return Read(text, path);
    }

    /// <summary>Reads a kubeconfig's text.</summary>
    /// <param name="text">YAML or JSON.</param>
    /// <param name="path">The file it came from: named in errors, and the base of relative paths.</param>
    /// <exception cref="KubeconfigException">As for a file.</exception>
    public static Kubeconfig Read(string text, string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException or ArgumentException)
        {
            // The parser stumbles over some broken texts instead of refusing them.
            throw new KubeconfigException($"{path}: {exception.Message}", exception);
        }
        if (stream.Documents.Count == 0 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new KubeconfigException($"{path}: not a kubeconfig: a mapping is expected");
        }
        var file = new Section(root, path, "");
        if (file.Text("kind") is { } kind && kind != "Config")
        {
            throw new KubeconfigException($"{path}: kind: \"Config\" is expected, not \"{kind}\"");
        }
        return new Kubeconfig
        {
            Clusters = file.Named("clusters", "cluster", ReadCluster),
            Users = file.Named("users", "user", ReadUser),
            Contexts = file.Named("contexts", "context", ReadContext),
            CurrentContext = file.Text("current-context") ?? "",
        };
    }

    private static KubeconfigCluster ReadCluster(Section section) => new()
    {
        Server = section.Text("server") ?? "",
        CertificateAuthorityPem = section.Pem("certificate-authority"),
        TlsServerName = section.Text("tls-server-name"),
        InsecureSkipTlsVerify = section.Flag("insecure-skip-tls-verify"),
        ProxyUrl = section.Text("proxy-url"),
    };

    private static KubeconfigUser ReadUser(Section section)
    {
        section.Refuse("exec", "credential plugins are not supported here");
        section.Refuse("auth-provider", "the auth provider plugins were removed from Kubernetes");
        return new KubeconfigUser
        {
            ClientCertificatePem = section.Pem("client-certificate"),
            ClientKeyPem = section.Pem("client-key"),
            ClientCertificateFile = section.PemFile("client-certificate"),
            ClientKeyFile = section.PemFile("client-key"),
            Token = section.Text("token"),
            TokenFile = section.Path("tokenFile"),
            Username = section.Text("username"),
            Password = section.Text("password"),
            ImpersonateUser = section.Text("as"),
        };
    }

    private static KubeconfigContext ReadContext(Section section) => new()
    {
        Cluster = section.Text("cluster") ?? "",
        User = section.Text("user") ?? "",
        Namespace = section.Text("namespace") ?? "",
    };

    private static string ReadText(string path, string where)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException(
                where == path ? exception.Message : $"{where}: {exception.Message}", exception);
        }
    }

    /// <summary>One mapping of the file, and where it stands.</summary>
    private sealed record Section(YamlMappingNode Node, string FilePath, string Field)
    {
        public string? Text(string key) => Child(key) switch
        {
            null => null,
            YamlScalarNode { Value: var value, Style: var style } =>
                style == ScalarStyle.Plain && value is "" or "null" or "~" ? null : value,
            _ => throw Error(key, "a string is expected"),
        };

        public bool Flag(string key) => Text(key) switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw Error(key, "true or false is expected"),
        };

        public string? Path(string key) => Text(key) is { Length: > 0 } path
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(FilePath)) ?? "/", path)
            : null;

        // The embedded data wins over the file, as upstream.
        public string? Pem(string key)
        {
            if (Text(key + "-data") is { Length: > 0 } data)
            {
                try
                {
                    return Encoding.UTF8.GetString(Convert.FromBase64String(data));
                }
                catch (FormatException)
                {
                    throw Error(key + "-data", "not valid base64");
                }
            }
            return Path(key) is { } path ? ReadText(path, $"{FilePath}: {Field}{key}") : null;
        }

        public string? PemFile(string key) => Text(key + "-data") is { Length: > 0 } ? null : Path(key);

        public void Refuse(string key, string reason)
        {
            if (Child(key) is YamlMappingNode)
            {
                throw Error(key, reason);
            }
        }

        public Dictionary<string, T> Named<T>(string listKey, string itemKey, Func<Section, T> read)
        {
            var items = new Dictionary<string, T>(StringComparer.Ordinal);
            var list = Child(listKey) switch
            {
                YamlSequenceNode sequence => sequence,
                null or YamlScalarNode { Value: "" or "null" } => new YamlSequenceNode(),
                _ => throw Error(listKey, "a list is expected"),
            };
            foreach (var (index, child) in list.Children.Index())
            {
                if (child is not YamlMappingNode mapping)
                {
                    throw Error($"{listKey}[{index}]", "a mapping is expected");
                }
                var entry = new Section(mapping, FilePath, $"{Field}{listKey}[{index}].");
                var name = entry.Text("name") ?? throw entry.Error("name", "required");
                var content = entry.Child(itemKey) as YamlMappingNode ?? new YamlMappingNode();
                // The first of several entries with one name counts, as upstream.
                items.TryAdd(name, read(new Section(content, FilePath, $"{entry.Field}{itemKey}.")));
            }
            return items;
        }

        private YamlNode? Child(string key) =>
            Node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

        private KubeconfigException Error(string key, string reason) => new($"{FilePath}: {Field}{key}: {reason}");
    }
}
