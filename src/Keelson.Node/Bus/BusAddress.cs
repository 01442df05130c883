namespace Keelson.Nodes.Bus;

/// <summary>Where a D-Bus listens, as its specification writes it: <c>unix:path=/run/dbus/system_bus_socket</c>.
/// </summary>
internal static class BusAddress
{
    /// <summary>The variable that says where the system's bus is.</summary>
    public const string Variable = "DBUS_SYSTEM_BUS_ADDRESS";

    /// <summary>Where it is unless that variable says otherwise.</summary>
    public const string Usual = "/run/dbus/system_bus_socket";

    /// <summary>The socket of the system's bus.</summary>
    public static string SystemSocket() => SocketOf(Environment.GetEnvironmentVariable(Variable) ?? "");

    /// <summary>The first socket of an address that can be connected to here; one in the abstract namespace begins
    /// with a zero. Of an address without any, the usual one.</summary>
    /// <param name="address">Transports with their keys, separated by semicolons; the best first.</param>
    public static string SocketOf(string address)
    {
        foreach (string one in address.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            const string Transport = "unix:";
            if (!one.StartsWith(Transport, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (string[] pair in one[Transport.Length..].Split(',').Select(static it => it.Split('=', 2)))
            {
                switch (pair)
                {
                    case ["path", { Length: > 0 } path]:
                        return Unescaped(path);
                    case ["abstract", { Length: > 0 } name]:
                        return "\0" + Unescaped(name);
                }
            }
        }

        return Usual;
    }

    /// <summary>Bytes that an address can't have are written as %XX.</summary>
    private static string Unescaped(string value) =>
        value.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(value) : value;
}
