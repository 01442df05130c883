using System.Text;
using System.Text.Json;

namespace Keelson.Commands.Components;

/// <summary>A component's configuration as /configz shows it: by the names that upstream's fields have.</summary>
internal static class ComponentConfigz
{
    /// <summary>Writes it.</summary>
    /// <param name="name">The configuration's name.</param>
    /// <param name="leader">The election.</param>
    /// <param name="client">The way to the API server.</param>
    /// <param name="others">Writes what is the component's own.</param>
    public static string Write(string name, LeaderFlags leader, ClientFlags client, Action<Utf8JsonWriter> others)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter json = new(text))
        {
            json.WriteStartObject();
            json.WriteStartObject(name);
            json.WriteStartObject("LeaderElection");
            json.WriteBoolean("LeaderElect", leader.Elect.Value);
            json.WriteString("LeaseDuration", leader.LeaseDuration.Text);
            json.WriteString("RenewDeadline", leader.RenewDeadline.Text);
            json.WriteString("RetryPeriod", leader.RetryPeriod.Text);
            json.WriteString("ResourceLock", leader.ResourceLock.Value);
            json.WriteString("ResourceName", leader.ResourceName.Value);
            json.WriteString("ResourceNamespace", leader.ResourceNamespace.Value);
            json.WriteEndObject();
            json.WriteStartObject("ClientConnection");
            json.WriteString("Kubeconfig", client.Kubeconfig.Value);
            json.WriteString("ContentType", client.ContentType.Value);
            json.WriteNumber("QPS", client.Qps.Value);
            json.WriteNumber("Burst", client.Burst.Value);
            json.WriteEndObject();
            others(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.ToArray());
    }
}
