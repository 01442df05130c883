using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Keelson.Nodes.Runtime;

/// <summary>
/// The program of a pod's sandbox, made here so that no compiler and no registry are needed: it holds the pod's
/// namespaces, takes in orphans of shared process namespaces, and ends at SIGTERM or SIGINT. A static ELF file with
/// one segment; all it does are four system calls:
/// <code>
/// rt_sigaction(SIGCHLD, SIG_IGN)            the kernel reaps its children
/// rt_sigprocmask(SIG_BLOCK, {INT, TERM})    the first process of a namespace is not even sent signals that would end
///                                           it, unless it blocks them
/// while (rt_sigtimedwait({INT, TERM}) &lt;= 0) { }
/// exit_group(0)
/// </code>
/// </summary>
internal static class PauseProgram
{
    private const ulong LoadAddress = 0x400000;
    private const int HeadersLength = 64 + 56;

    // The sixth and later bits of a signal set: bit n-1 stands for signal n.
    private const ulong InterruptAndTerminate = (1UL << 1) | (1UL << 14);
    private const ulong Ignore = 1;

    /// <summary>The program for a processor; null when there is none for it.</summary>
    public static byte[]? For(Architecture architecture) => architecture switch
    {
        Architecture.X64 => Elf(62, X64()),
        Architecture.Arm64 => Elf(183, Arm64()),
        _ => null,
    };

    private static byte[] X64()
    {
        // Each call: mov eax,NR; mov edi,A or lea rdi,[set]; …; xor edx,edx; mov r10d,8; syscall.
        byte[] code =
        [
            0xb8, 13, 0, 0, 0, 0xbf, 17, 0, 0, 0, 0x48, 0x8d, 0x35, 0, 0, 0, 0,         // rsi at 13: ignore
            0x31, 0xd2, 0x41, 0xba, 8, 0, 0, 0, 0x0f, 0x05,
            0xb8, 14, 0, 0, 0, 0x31, 0xff, 0x48, 0x8d, 0x35, 0, 0, 0, 0,                // rsi at 37: signals
            0x31, 0xd2, 0x41, 0xba, 8, 0, 0, 0, 0x0f, 0x05,
            0xb8, 128, 0, 0, 0, 0x48, 0x8d, 0x3d, 0, 0, 0, 0, 0x31, 0xf6,               // rdi at 59: signals
            0x31, 0xd2, 0x41, 0xba, 8, 0, 0, 0, 0x0f, 0x05,
            0x85, 0xc0, 0x7e, 0xe4,                                                     // test eax; jle -28
            0xb8, 231, 0, 0, 0, 0x31, 0xff, 0x0f, 0x05,
        ];
        byte[] program = WithData(code, out int ignore, out int signals);
        Relative(program, 13, ignore);
        Relative(program, 37, signals);
        Relative(program, 59, signals);
        return program;
    }

    private static byte[] Arm64()
    {
        uint[] code = new uint[20];
        int at = 0;
        int data = Align(code.Length * 4);
        void Load(int register, uint value) => code[at++] = 0xD2800000 | (value << 5) | (uint)register;
        void Address(int register, int target)
        {
            int distance = target - (at * 4);
            code[at++] = 0x10000000 | ((uint)(distance & 3) << 29) | ((uint)((distance >> 2) & 0x7FFFF) << 5)
                | (uint)register;
        }

        void Call(uint number)
        {
            Load(3, 8);
            Load(8, number);
            code[at++] = 0xD4000001;
        }

        Load(0, 17);
        Address(1, data);
        Load(2, 0);
        Call(134);
        Load(0, 0);
        Address(1, data + 32);
        Call(135);
        int loop = at;
        Address(0, data + 32);
        Load(1, 0);
        Call(137);

        // Negative results, which are the only ones beside signals' numbers: tbnz x0,#63,loop.
        code[at] = 0xB7F80000 | (((uint)(loop - at) & 0x3FFF) << 5);
        at++;
        Load(0, 0);
        Load(8, 94);
        code[at] = 0xD4000001;
        return WithData(MemoryMarshal.AsBytes(code.AsSpan()).ToArray(), out _, out _);
    }

    private static int Align(int length) => (length + 7) & ~7;

    /// <summary>The code, and behind it an action that ignores a signal and the set of signals waited for.</summary>
    private static byte[] WithData(ReadOnlySpan<byte> code, out int ignore, out int signals)
    {
        ignore = Align(code.Length);
        signals = ignore + 32;
        byte[] program = new byte[signals + 8];
        code.CopyTo(program);
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(ignore), Ignore);
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(signals), InterruptAndTerminate);
        return program;
    }

    private static void Relative(byte[] program, int at, int target) =>
        BinaryPrimitives.WriteInt32LittleEndian(program.AsSpan(at), target - (at + 4));

    private static byte[] Elf(ushort machine, byte[] program)
    {
        byte[] file = new byte[HeadersLength + program.Length];
        ReadOnlySpan<byte> identity = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(file);
        Span<byte> header = file.AsSpan(16);
        BinaryPrimitives.WriteUInt16LittleEndian(header, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], LoadAddress + HeadersLength);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[36..], 64);
        BinaryPrimitives.WriteUInt16LittleEndian(header[38..], 56);
        BinaryPrimitives.WriteUInt16LittleEndian(header[40..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header[42..], 64);
        Span<byte> segment = file.AsSpan(64);
        BinaryPrimitives.WriteUInt32LittleEndian(segment, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(segment[4..], 5);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[16..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[24..], LoadAddress);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[32..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[40..], (ulong)file.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(segment[48..], 0x10000);
        program.CopyTo(file, HeadersLength);
        return file;
    }
}
