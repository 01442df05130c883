using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Keelson.Nodes.Runtime;

/// <summary>An image of one layer, to be written as an OCI archive that runtimes import.</summary>
internal sealed record ImageArchive
{
    /// <summary>The full name with the tag: <c>docker.io/library/busybox:1.36</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The processor the image is for.</summary>
    public Architecture Architecture { get; init; } = RuntimeInformation.ProcessArchitecture;

    /// <summary>Files that anybody may run, by their path without a leading slash.</summary>
    public required IReadOnlyList<KeyValuePair<string, byte[]>> Programs { get; init; }

    /// <summary>Symbolic links: path and target.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Links { get; init; } = [];

    /// <summary>What is started.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>Its arguments, unless a container has its own.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Who it runs as; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>Name of the processor in images.</summary>
    public static string NameOf(Architecture architecture) =>
        architecture == Architecture.X64 ? "amd64" : architecture.ToString().ToLowerInvariant();

    /// <summary>The archive: an OCI image layout in a tar file.</summary>
    public byte[] Write()
    {
        byte[] layer = Layer();
        byte[] config = Json(new JsonObject
        {
            ["architecture"] = NameOf(Architecture),
            ["os"] = "linux",
            ["config"] = new JsonObject
            {
                ["User"] = User,
                ["Env"] = new JsonArray("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
                ["Entrypoint"] = List(Entrypoint),
                ["Cmd"] = List(Command),
            },
            ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(Digest(layer)) },
        });
        byte[] manifest = Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", config),
            ["layers"] = new JsonArray(Descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
        });
        JsonObject root = Descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
        root["annotations"] = new JsonObject
        {
            ["io.containerd.image.name"] = Name,
            ["org.opencontainers.image.ref.name"] = Name[(Name.LastIndexOf(':') + 1)..],
        };
        byte[] index = Json(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(root) });
        return Tar(
        [
            ("oci-layout", Encoding.UTF8.GetBytes("{\"imageLayoutVersion\":\"1.0.0\"}")),
            ("index.json", index),
            (Blob(layer), layer),
            (Blob(config), config),
            (Blob(manifest), manifest),
        ]);
    }

    private static JsonArray? List(IReadOnlyList<string> items) =>
        items.Count == 0 ? null : new JsonArray([.. items.Select(static one => (JsonNode)one)]);

    private static byte[] Json(JsonObject content) => Encoding.UTF8.GetBytes(content.ToJsonString());

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Blob(byte[] content) => "blobs/sha256/" + Digest(content)["sha256:".Length..];

    private static JsonObject Descriptor(string type, byte[] content) => new()
    {
        ["mediaType"] = type,
        ["digest"] = Digest(content),
        ["size"] = content.Length,
    };

    private static byte[] Tar(IEnumerable<(string Path, byte[] Content)> files)
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string path, byte[] content) in files)
            {
                writer.WriteEntry(File(path, content));
            }
        }

        return archive.ToArray();
    }

    private static UstarTarEntry File(string path, byte[] content) =>
        new(TarEntryType.RegularFile, path)
        {
            DataStream = new MemoryStream(content),
            ModificationTime = DateTimeOffset.UnixEpoch,
            Mode = (UnixFileMode)0b111_101_101,
        };

    private byte[] Layer()
    {
        using MemoryStream archive = new();
        using (TarWriter writer = new(archive, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (KeyValuePair<string, byte[]> file in Programs)
            {
                writer.WriteEntry(File(file.Key, file.Value));
            }

            foreach (KeyValuePair<string, string> link in Links)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, link.Key)
                {
                    LinkName = link.Value,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return archive.ToArray();
    }
}
