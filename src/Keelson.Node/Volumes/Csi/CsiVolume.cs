using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Keelson.Nodes.Volumes.Csi;

/// <summary>
/// What is kept beside a volume of a driver (<c>vol_data.json</c>, in upstream's form), so that it can be ended when
/// its objects are gone.
/// </summary>
/// <param name="Driver">The driver.</param>
/// <param name="Handle">The driver's name for the volume.</param>
internal sealed record CsiVolume(string Driver, string Handle)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "vol_data.json";

    /// <summary>The persistent volume's name, or the pod's name for the volume.</summary>
    public string SpecName { get; init; } = "";

    /// <summary>The node.</summary>
    public string NodeName { get; init; } = "";

    /// <summary>True for volumes that exist for one pod only.</summary>
    public bool IsEphemeral { get; init; }

    /// <summary>The name of the object that says whether the volume is attached to the node.</summary>
    public string AttachmentName => "csi-" + Hash(Handle + Driver + NodeName);

    /// <summary>What a volume of a pod is to its driver; null for other volumes.</summary>
    public static CsiVolume? Of(PodVolume volume, string nodeName)
    {
        if (volume.Persistent is { } persistent)
        {
            return persistent.Spec.PersistentVolumeSource.Csi is { } source
                ? new(source.Driver, source.VolumeHandle) { SpecName = volume.SpecName, NodeName = nodeName }
                : null;
        }

        // One handle for each volume of each pod, as a driver sees them all.
        return volume.Source.Csi is not { } inline
            ? null
            : new(inline.Driver, "csi-" + Hash(volume.Pod.Metadata.Uid + volume.Name))
            {
                SpecName = volume.Name,
                NodeName = nodeName,
                IsEphemeral = true,
            };
    }

    /// <summary>Reads what was kept in a directory; null when there is nothing readable.</summary>
    public static CsiVolume? Read(string directory)
    {
        try
        {
            JsonNode? kept = JsonNode.Parse(File.ReadAllText(Path.Combine(directory, FileName)));
            return kept?["driverName"]?.GetValue<string>() is { } driver
                && kept["volumeHandle"]?.GetValue<string>() is { } handle
                ? new(driver, handle)
                {
                    SpecName = kept["specVolID"]?.GetValue<string>() ?? "",
                    NodeName = kept["nodeName"]?.GetValue<string>() ?? "",
                    IsEphemeral = kept["volumeLifecycleMode"]?.GetValue<string>() == "Ephemeral",
                }
                : null;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps it in a directory.</summary>
    public void Write(string directory)
    {
        Directory.CreateDirectory(directory);
        JsonObject kept = new()
        {
            ["attachmentID"] = AttachmentName,
            ["driverName"] = Driver,
            ["nodeName"] = NodeName,
            ["specVolID"] = SpecName,
            ["volumeHandle"] = Handle,
            ["volumeLifecycleMode"] = IsEphemeral ? "Ephemeral" : "Persistent",
        };
        string file = Path.Combine(directory, FileName);
        File.WriteAllText(file + ".new", kept.ToJsonString());
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <summary>The lower-case SHA-256 of a text.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
