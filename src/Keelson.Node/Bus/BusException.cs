namespace Keelson.Nodes.Bus;

/// <summary>A call on a D-Bus that was answered with an error.</summary>
/// <param name="name">The error's name: <c>org.freedesktop.systemd1.UnitExists</c>.</param>
/// <param name="message">What its sender says of it.</param>
internal sealed class BusException(string name, string message) : IOException(message)
{
    /// <summary>The error's name.</summary>
    public string Name { get; } = name;
}
